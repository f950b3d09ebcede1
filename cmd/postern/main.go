// Command postern answers one question about a Microsoft 365 tenant that is
// federated with Okta: is there any way left into the mail that does not pass
// through MFA?
//
// This package is the command line: it reads flags and configuration, calls the
// packages that collect, judge and write, and turns what they say into an exit
// code. It must hold no rule about a tenant and no format of a report.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"
)

func main() {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as nohup does
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	// A second one ends the process at once, should the first take its time. What stops
	// programs often sends a signal twice, to the process and to its group.
	context.AfterFunc(ctx, func() {
		time.Sleep(time.Second)
		stop()
	})
	code := run(ctx, os.Args[1:], processStreams())
	stop()
	os.Exit(code)
}

// streams is all that a command may read from and write to, so that tests can
// hand in their own.
type streams struct {
	in       io.Reader
	out, err io.Writer
	// getenv looks up the environment.
	getenv func(string) string
	// outTerminal and errTerminal say whether a person reads along; width is the
	// terminal's, 0 when there is none.
	outTerminal, errTerminal bool
	width                    int
	// version is what the program calls itself.
	version string
}

func processStreams() streams {
	s := streams{
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		getenv:      os.Getenv,
		version:     buildVersion(),
		outTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		errTerminal: term.IsTerminal(int(os.Stderr.Fd())),
	}
	if s.outTerminal {
		if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
			s.width = width
		}
	}
	return s
}
