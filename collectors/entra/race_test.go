//go:build race

package entra_test

// crowdSize is smaller where everything takes twenty times as long.
const crowdSize = 5_000
