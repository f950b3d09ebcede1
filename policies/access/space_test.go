package access

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
)

// The algebra, held to a list of all points of a small space.

type tinySpace struct {
	space *space
	sizes []int
	facts int
}

var tiny = tinySpace{newSpace([]int{3, 2, 70}, 2), []int{3, 2, 70}, 2}

// points calls f for the box of every point.
func (t tinySpace) points(f func(point box)) {
	var rec func(axis int, b box)
	rec = func(axis int, b box) {
		if axis == len(t.sizes) {
			for facts := range 1 << t.facts {
				p := append(box(nil), b...)
				for i := range t.facts {
					t.space.fix(p, i, facts>>i&1 == 1)
				}
				f(p)
			}
			return
		}
		for v := range t.sizes[axis] {
			p := append(box(nil), b...)
			one := newSet(t.sizes[axis])
			one.add(v)
			t.space.limit(p, axis, one)
			rec(axis+1, p)
		}
	}
	rec(0, t.space.whole)
}

// random makes a random box that is not empty.
func (t tinySpace) random(r *rand.Rand) box {
	for {
		b := append(box(nil), t.space.whole...)
		ok := true
		for axis, size := range t.sizes {
			s := newSet(size)
			for v := range size {
				if r.IntN(3) > 0 {
					s.add(v)
				}
			}
			ok = t.space.limit(b, axis, s) && ok
		}
		for f := range t.facts {
			if r.IntN(2) == 0 {
				t.space.fix(b, f, r.IntN(2) == 0)
			}
		}
		if ok {
			return b
		}
	}
}

func TestCutSplitsExactly(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		a, b := tiny.random(r), tiny.random(r)
		meets := tiny.space.meets(a, b)
		var within box
		var rest []box
		if meets {
			within, rest = tiny.space.cut(a, b, nil)
		}
		tiny.points(func(p box) {
			inA, inB := inside(p, a), inside(p, b)
			if inA && inB && !meets {
				t.Fatal("two boxes with a common point do not meet")
			}
			if !meets {
				return
			}
			if inside(p, within) != (inA && inB) {
				t.Fatal("the common part has another point, or lacks one")
			}
			n := 0
			for _, piece := range rest {
				if inside(p, piece) {
					n++
				}
			}
			if want := inA && !inB; n > 1 || (n == 1) != want {
				t.Fatalf("a point lies in %d pieces of the rest, and in the rest: %t", n, want)
			}
		})
	}
}

func TestFindLooksEverywhere(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	count := map[tri]int{}
	for i := range 300 {
		start := tiny.random(r)
		var obstacles []box
		for range i % 40 {
			obstacles = append(obstacles, tiny.random(r))
		}
		free := 0
		tiny.points(func(p box) {
			if inside(p, start) && !inAny(p, obstacles) {
				free++
			}
		})
		found, ok := tiny.space.find(start, obstacles, 1_000_000)
		count[ok]++
		switch {
		case ok == maybe:
			t.Fatal("gave up within a generous budget")
		case (ok == yes) != (free > 0):
			t.Fatalf("found %v, and %d points are free", ok, free)
		case ok == yes:
			tiny.points(func(p box) {
				if inside(p, found) && (!inside(p, start) || inAny(p, obstacles)) {
					t.Fatal("what was found is not free")
				}
			})
		}
		// With next to no budget it may give up, and never says what is not so.
		if found, ok := tiny.space.find(start, obstacles, 2); ok == yes && free == 0 || ok == no && free > 0 || (found != nil) != (ok == yes) {
			t.Fatalf("with a small budget: %v, and %d points are free", ok, free)
		}
	}
	if count[yes] < 50 || count[no] < 20 {
		t.Fatalf("the cases are too alike: %v", count)
	}
}

func inAny(p box, list []box) bool {
	for _, b := range list {
		if inside(p, b) {
			return true
		}
	}
	return false
}

// decided says which layers may decide a point, by asking them one by one.
func decided(p box, layers []layer) (possible map[int]bool, final int) {
	possible = map[int]bool{}
	for i, l := range layers {
		if inAny(p, l.sure) {
			return possible, i
		}
		if inAny(p, l.may) {
			possible[i] = true
		}
	}
	return possible, -1
}

// Exact splitting gives each point its layers, and no other; splitting that has to
// give up still names every layer that can decide.
func TestDecideIsExactUntilItGivesUp(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	gaveUp := 0
	for range 40 {
		var layers []layer
		for range 6 {
			sure := []box{tiny.random(r)}
			layers = append(layers, layer{sure: sure, may: append([]box{tiny.random(r)}, sure...)})
		}
		for _, limit := range []int{1 << 20, 3} {
			regions := tiny.space.decide(tiny.space.whole, layers, limit)
			tiny.points(func(p box) {
				n := 0
				possible, final := decided(p, layers)
				for _, region := range regions {
					if !inside(p, region.box) {
						continue
					}
					n++
					named := map[int]bool{}
					for l := range region.maybe.all {
						named[l.layer] = true
						if l.coarse && limit > 3 {
							t.Fatal("coarse within a generous limit")
						}
						if !possible[l.layer] && l.layer != final {
							if limit > 3 {
								t.Fatalf("layer %d cannot decide the point", l.layer)
							}
							gaveUp++
						}
					}
					for l := range possible {
						if !named[l] {
							t.Fatalf("layer %d may decide the point and is not named", l)
						}
					}
					if final >= 0 && !named[final] && region.final != final {
						t.Fatalf("layer %d decides the point and is not named", final)
					}
					if limit > 3 && region.final != final {
						t.Fatalf("layer %d is said to decide, not %d", region.final, final)
					}
				}
				if n != 1 {
					t.Fatalf("a point lies in %d regions", n)
				}
			})
		}
	}
	if gaveUp == 0 {
		t.Error("the small limit was never reached")
	}
}

// The atoms are disjoint, cover every address, and tell apart what the lists do.
func TestAtoms(t *testing.T) {
	texts := []string{
		"10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/0", "192.0.2.1-192.0.2.9", "192.0.2.5", "255.255.255.255/32", "0.0.0.0/32",
		"2001:db8::/32", "2001:db8::1-2001:db8::ffff", "::/0", "ffff::/16", "128.0.0.0/1", "0.0.0.0/1",
	}
	probes := []string{
		"0.0.0.0", "0.0.0.1", "9.255.255.255", "10.0.0.0", "10.1.0.0", "10.2.0.0", "11.0.0.0", "127.255.255.255", "128.0.0.0", "192.0.2.0", "192.0.2.1",
		"192.0.2.5", "192.0.2.9", "192.0.2.10", "255.255.255.254", "255.255.255.255", "::", "::1", "2001:db7:ffff::", "2001:db8::", "2001:db8::1",
		"2001:db8::ffff", "2001:db8::1:0", "2001:db9::", "ffff::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	}
	r := rand.New(rand.NewPCG(7, 8))
	for range 300 {
		var lists []spans
		for range r.IntN(5) {
			var list []span
			for range r.IntN(4) {
				s, ok := parseSpan(texts[r.IntN(len(texts))])
				if !ok {
					t.Fatal("cannot read a test's own text")
				}
				list = append(list, s)
			}
			lists = append(lists, newSpans(list))
		}
		atoms := cutAddresses(lists)
		for _, text := range probes {
			a := netip.MustParseAddr(text)
			home := -1
			for i, atom := range atoms {
				if !atom.spans.contains(a) {
					continue
				}
				if home >= 0 {
					t.Fatalf("%s lies in two atoms", a)
				}
				home = i
				for l, list := range lists {
					if atom.in.has(l) != list.contains(a) {
						t.Fatalf("%s: the atom says %t of list %d %v", a, atom.in.has(l), l, list)
					}
				}
			}
			if home < 0 {
				t.Fatalf("%s lies in no atom", a)
			}
		}
		signatures := map[string]bool{}
		for _, atom := range atoms {
			key := fmt.Sprint(atom.in)
			if signatures[key] {
				t.Fatal("two atoms are in the same lists")
			}
			signatures[key] = true
		}
	}
}

func TestParseSpan(t *testing.T) {
	tests := []struct{ text, low, high string }{
		{"203.0.113.0/24", "203.0.113.0", "203.0.113.255"},
		{"203.0.113.9/24", "203.0.113.0", "203.0.113.255"},
		{"203.0.113.7", "203.0.113.7", "203.0.113.7"},
		{" 203.0.113.7 - 203.0.113.9 ", "203.0.113.7", "203.0.113.9"},
		{"2001:db8::/126", "2001:db8::", "2001:db8::3"},
		{"2001:db8::1-2001:db8::2", "2001:db8::1", "2001:db8::2"},
		{"0.0.0.0/0", "0.0.0.0", "255.255.255.255"},
		{"::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
		{"::ffff:203.0.113.7", "203.0.113.7", "203.0.113.7"},
		{"203.0.113.9-203.0.113.7", "", ""}, {"203.0.113.7-2001:db8::", "", ""}, {"203.0.113.0/33", "", ""}, {"", "", ""}, {"-", "", ""},
		{"fe80::1%eth0", "", ""}, {"::ffff:203.0.113.0/120", "", ""}, {"host.example", "", ""},
	}
	for _, test := range tests {
		s, ok := parseSpan(test.text)
		got := [2]string{}
		if ok {
			got = [2]string{s.low.String(), s.high.String()}
		}
		if want := [2]string{test.low, test.high}; got != want {
			t.Errorf("%q: %v, want %v", test.text, got, want)
		}
	}
}

func TestShares(t *testing.T) {
	share := func(texts ...string) (float64, float64) {
		var list []span
		for _, text := range texts {
			s, ok := parseSpan(text)
			if !ok {
				t.Fatal(text)
			}
			list = append(list, s)
		}
		joined := newSpans(list)
		return joined.share4(), joined.share6()
	}
	for _, test := range []struct {
		texts []string
		want4 float64
		want6 float64
	}{
		{[]string{"0.0.0.0/0"}, 1, 0}, {[]string{"0.0.0.0/1", "128.0.0.0/1"}, 1, 0}, {[]string{"0.0.0.0/1", "0.0.0.0/2"}, 0.5, 0},
		{[]string{"10.0.0.0/8"}, 1.0 / 256, 0}, {[]string{"::/0"}, 0, 1}, {[]string{"2000::/3"}, 0, 1}, {[]string{"2000::/4"}, 0, 0.5}, {[]string{"fc00::/7"}, 0, 0},
		{nil, 0, 0},
	} {
		if got4, got6 := share(test.texts...); got4 != test.want4 || got6 != test.want6 {
			t.Errorf("%v: %v %v, want %v %v", test.texts, got4, got6, test.want4, test.want6)
		}
	}
	if got := newSpans(nil).example(); got.IsValid() {
		t.Errorf("an example of nothing: %s", got)
	}
}
