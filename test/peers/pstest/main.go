// Runs pstest, the Pub/Sub that Google's Go client is tested with, as a server of its own.
// It says where it listens and ends with its standard input, so that it cannot outlive who started it.
package main

import (
	"fmt"
	"io"
	"os"

	"cloud.google.com/go/pubsub/v2/pstest"
)

func main() {
	server := pstest.NewServerWithAddress("127.0.0.1:0")
	fmt.Printf("listening on %s\n", server.Addr)
	io.Copy(io.Discard, os.Stdin)
	server.Close()
}
