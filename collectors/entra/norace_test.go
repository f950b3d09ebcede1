//go:build !race

package entra_test

// crowdSize is how many users a large tenant has.
const crowdSize = 100_000
