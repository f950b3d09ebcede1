package access

import (
	"fmt"
	"net/netip"
	"slices"
)

// What tests of the algebra may look into. The simulator they compare it with sees
// nothing of this.

type TestPerson struct {
	Known         bool
	Groups, Named []string
	Kind          string
}

type TestPoint struct {
	Client   string
	Address  netip.Addr
	Zones    map[string]bool
	Platform [2]string
	Device   string
	Assured  map[string]bool
	Risk     string
}

type TestJudge struct{ j *judgement }

func NewTestJudge(section []byte, orgURL string, people []TestPerson) (*TestJudge, error) {
	n, err := parse(section)
	if err != nil {
		return nil, err
	}
	o := readOrg(n, orgURL, ledger{})
	var list []*person
	for _, p := range people {
		list = append(list, &person{p.Known, p.Groups, p.Named, p.Kind})
	}
	return &TestJudge{o.judge(list)}, nil
}

func (t *TestJudge) Regions(policy int) int { return len(t.j.policies[policy].regions) }

// point is the box of one request.
func (t *TestJudge) point(person int, p TestPoint) box {
	s, o := t.j.space, t.j.org
	b := slices.Clone(s.whole)
	at := func(axis, value int) {
		one := newSet(s.axes[axis].size)
		one.add(value)
		if value < 0 || !s.limit(b, axis, one) {
			panic(fmt.Sprint("no such point: ", axis, value))
		}
	}
	at(onPeople, t.j.crowdOf[person])
	c, _ := clientOf(p.Client)
	at(onClient, int(c))
	at(onPlatform, slices.Index(platformTypes[:], p.Platform[0])*len(platformSystems)+slices.Index(platformSystems[:], p.Platform[1]))
	at(onDevice, slices.Index([]string{"unregistered", "registered", "managed"}, p.Device))
	at(onRisk, slices.Index([]string{"LOW", "MEDIUM", "HIGH"}, p.Risk))
	at(onSource, slices.IndexFunc(o.atlas.atoms, func(a atom) bool { return a.spans.contains(p.Address) }))
	for _, z := range o.atlas.zones {
		if z.symbolic {
			s.fix(b, z.fact, p.Zones[z.id])
		}
	}
	for i, id := range o.assurances.names {
		s.fix(b, o.atlas.facts+i, p.Assured[id])
	}
	return b
}

func names(o outcomes) map[string]bool {
	result := map[string]bool{}
	for bit, name := range map[outcomes]string{denied: "deny", oneFactor: "one", twoFactors: "two"} {
		if o&bit != 0 {
			result[name] = true
		}
	}
	return result
}

// Outcomes are those of the app's rules, and of those with the session policies.
func (t *TestJudge) Outcomes(policy, person int, p TestPoint) (app, joined map[string]bool) {
	at := t.point(person, p)
	c, _ := clientOf(p.Client)
	v := t.j.policies[policy]
	var all outcomes
	for _, r := range holding(v.regions, at) {
		all |= v.policy.outcome(r.final, c)
		for l := range r.maybe.all {
			all |= v.policy.outcome(l.layer, c)
		}
	}
	both := all
	if c != legacyClient {
		for _, r := range holding(t.j.sessions, at) {
			both = t.j.sessionOutcomes(&r).then(all)
		}
	}
	return names(all), names(both)
}

// holding gives the one region that holds a point; another number is a bug.
func holding(regions []region, at box) []region {
	var found []region
	for _, r := range regions {
		if inside(at, r.box) {
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		panic(fmt.Sprintf("a request lies in %d regions", len(found)))
	}
	return found
}

// TestWay is a way in, with one of its requests.
type TestWay struct {
	Rule  string
	Opens string
	Point TestPoint
}

// Reach is how far a person gets, and by which rules.
func (t *TestJudge) Reach(policy, person int, legacy bool) (without, any string, ways []TestWay) {
	v := &t.j.policies[policy]
	r := v.others[t.j.crowdOf[person]]
	if legacy {
		r = v.legacy[t.j.crowdOf[person]]
	}
	for _, w := range r.ways {
		name := ""
		if w.layer >= layersBefore {
			name = v.policy.rules[w.layer-layersBefore].id
		}
		ways = append(ways, TestWay{name, w.opens.String(), t.example(w.best.box)})
	}
	return r.without.String(), r.any.String(), ways
}

// example picks one request of a box.
func (t *TestJudge) example(b box) TestPoint {
	s, o := t.j.space, t.j.org
	p := platform(s.on(b, onPlatform).first())
	point := TestPoint{
		Client:   []string{"WEB", "MODERN_AUTH", "ACTIVE_SYNC", "AAD_JOIN", "CERT_BASED_AUTH"}[s.on(b, onClient).first()],
		Address:  o.atlas.atoms[s.on(b, onSource).first()].spans.example(),
		Platform: [2]string{platformTypes[int(p)/len(platformSystems)], platformSystems[int(p)%len(platformSystems)]},
		Device:   device(s.on(b, onDevice).first()).String(),
		Risk:     []string{"LOW", "MEDIUM", "HIGH"}[s.on(b, onRisk).first()],
		Zones:    map[string]bool{}, Assured: map[string]bool{},
	}
	for _, z := range o.atlas.zones {
		if z.symbolic {
			point.Zones[z.id] = !s.can(b, z.fact, false)
		}
	}
	for i, id := range o.assurances.names {
		point.Assured[id] = !s.can(b, o.atlas.facts+i, false)
	}
	return point
}
