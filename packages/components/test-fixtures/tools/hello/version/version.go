// Package version holds what the linker writes into it.
package version

// Version is set with -ldflags -X.
var Version = "0.0.0"
