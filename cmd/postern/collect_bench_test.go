package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkCollect collects generated tenants with the built program from
// stand-ins in this process, and reports how many requests it made
// and the program's peak memory. It needs GNU time.
//
//	go test ./cmd/postern -run - -bench Collect -benchtime 1x
func BenchmarkCollect(b *testing.B) {
	folder := b.TempDir()
	program := filepath.Join(folder, "postern")
	build(b, program, "./cmd/postern")
	generator := filepath.Join(folder, "tenantgen")
	build(b, generator, "./cmd/tenantgen")
	for _, mailboxes := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(mailboxes), func(b *testing.B) {
			path := filepath.Join(folder, fmt.Sprint(mailboxes)+".json")
			if out, err := exec.Command(generator, "-mailboxes", fmt.Sprint(mailboxes), "-tenant", "spotless", "-o", path).CombinedOutput(); err != nil {
				b.Fatalf("%v: %s", err, out)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				b.Fatal(err)
			}
			world, err := startStandInsOf(text)
			if err != nil {
				b.Fatal(err)
			}
			defer world.close()
			for b.Loop() {
				before := world.requests()
				args := append(arguments(world, "collect"), "--quiet", "-o", filepath.Join(folder, "out.json"))
				// A child's peak counts this process's own from before it became another
				// program, so a small program in between measures it.
				command := exec.Command("time", append([]string{"-f", "%M", program}, args...)...)
				for name, value := range environment(world) {
					command.Env = append(command.Env, name+"="+value)
				}
				var stderr bytes.Buffer
				command.Stderr = &stderr
				started := time.Now()
				if err := command.Run(); err != nil {
					b.Fatalf("%v: %s", err, stderr.String())
				}
				peak, err := strconv.Atoi(strings.TrimSpace(stderr.String()))
				if err != nil {
					b.Fatalf("no peak memory in %q", stderr.String())
				}
				b.ReportMetric(float64(world.requests()-before), "requests")
				b.ReportMetric(float64(peak)/1024, "peak-MB")
				b.ReportMetric(time.Since(started).Seconds(), "wall-s")
			}
		})
	}
}

func build(b *testing.B, to, pkg string) {
	b.Helper()
	command := exec.Command("go", "build", "-o", to, pkg)
	command.Dir = filepath.Join("..", "..")
	if out, err := command.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
}

// requests is how many requests the stand-ins have answered.
func (s *standIns) requests() int {
	return len(s.graph.Requests()) + len(s.exchange.Requests()) + len(s.okta.Requests())
}
