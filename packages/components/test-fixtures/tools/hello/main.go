// A program that is quick to compile, for the tests of the build cache.
package main

import (
	"fmt"

	"fairlead.dev/fixtures/hello/version"
)

func main() {
	fmt.Println("hello version v" + version.Version)
}
