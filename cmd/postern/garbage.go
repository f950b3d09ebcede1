package main

import (
	"runtime"
	"runtime/debug"
)

// firstCollection is how much memory may be in use before garbage is collected
// for the first time: about one and a half times what a check of a small tenant
// takes in all, and little beside what a large one takes.
const firstCollection = 64 << 20

// putOffCollection lets the first collection of garbage wait until there is much
// of it. Loading the controls makes garbage at once, and a process that is over
// in a tenth of a second would spend a fifth of it on cleaning up. From the first
// collection on everything is as usual.
func putOffCollection() {
	usual := debug.SetGCPercent(-1)
	if usual < 0 {
		return // put off already, or by GOGC
	}
	limit := debug.SetMemoryLimit(-1)
	debug.SetMemoryLimit(min(limit, firstCollection))
	// Whatever nobody uses is noticed by a collection.
	runtime.AddCleanup(new([64]byte), func(int) {
		debug.SetGCPercent(usual)
		debug.SetMemoryLimit(limit)
	}, 0)
}
