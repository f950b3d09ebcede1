package main

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// TestCollectionIsPutOffOnce: the first collection of garbage brings back what
// was set before, however often it was put off.
func TestCollectionIsPutOffOnce(t *testing.T) {
	before, limit := debug.SetGCPercent(73), debug.SetMemoryLimit(1<<40)
	t.Cleanup(func() {
		debug.SetGCPercent(before)
		debug.SetMemoryLimit(limit)
	})
	putOffCollection()
	putOffCollection()
	if now := debug.SetMemoryLimit(-1); now != firstCollection {
		t.Errorf("garbage is collected at %d bytes", now)
	}
	runtime.GC()
	for deadline := time.Now().Add(5 * time.Second); debug.SetMemoryLimit(-1) != 1<<40; {
		if time.Now().After(deadline) {
			t.Fatal("the limit did not come back")
		}
		time.Sleep(time.Millisecond)
	}
	if now := debug.SetGCPercent(73); now != 73 {
		t.Errorf("the percentage is %d", now)
	}
}
