// Package access works out, from what the configuration does, who can reach a
// mailbox by which protocol and method, from which network, on which platform and
// device, without a second factor; and it proves it, with a witness for everything
// that is open.
//
// It must not know how the configuration was collected, nor how its result is
// judged or shown: no vendor API, no Rego, no report format.
package access
