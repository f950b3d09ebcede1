package access

// Witness is one sign-in that gets in without a second factor, or that may: who,
// from where, on what. It is the simplest that the engine found.
type Witness struct {
	// Mailbox is the place of the mailbox in the snapshot, -1 for somebody made up.
	Mailbox int `json:"mailbox"`
	// Via is who takes the password: see Door.Via.
	Via string `json:"via,omitzero"`
	// Okta is the request that Okta sees, nil where Okta is not asked.
	Okta *OktaRequest `json:"okta,omitzero"`
	// Entra is the sign-in that Conditional Access sees.
	Entra *EntraSignIn `json:"entra,omitzero"`
}

// OktaRequest is a request at Okta. Empty fields stand for any value at all.
type OktaRequest struct {
	// App is the app's label.
	App string `json:"app,omitzero"`
	// Client is web, modern, legacy, entra_join or certificate, as the client says.
	Client string `json:"client"`
	// Anywhere: no zone limits it. Address is an example of where it may come from,
	// empty when only Okta's database knows where that is; Zones are the zones that
	// it then has to be in.
	Anywhere bool     `json:"anywhere"`
	Address  string   `json:"address,omitzero"`
	Zones    []string `json:"zones,omitzero"`
	// Platform is such as MOBILE/IOS, Device such as managed, Risk such as low.
	Platform string `json:"platform,omitzero"`
	Device   string `json:"device,omitzero"`
	// Assurances are device assurance policies that the device has to meet.
	Assurances []string `json:"assurances,omitzero"`
	Risk       string   `json:"risk,omitzero"`
}

// EntraSignIn is a sign-in at Entra. Empty fields stand for any value at all.
type EntraSignIn struct {
	// Client is Conditional Access's name of the kind of client.
	Client   string `json:"client"`
	Anywhere bool   `json:"anywhere"`
	Address  string `json:"address,omitzero"`
	// Locations are the named locations it has to be in.
	Locations  []string `json:"locations,omitzero"`
	Platform   string   `json:"platform,omitzero"`
	SignInRisk string   `json:"sign_in_risk,omitzero"`
	UserRisk   string   `json:"user_risk,omitzero"`
}

// witness shows who gets in by a door.
func (v *evaluation) witness(d *doorwork, first int) *Witness {
	w := &Witness{Mailbox: first}
	if len(d.entries) == 0 {
		return w
	}
	e := d.entries[d.best]
	w.Via = e.via
	if e.passage != nil {
		w.Okta = v.judgement.request(e.passage)
		w.Okta.App = e.app
	}
	w.Entra = v.coverage.signIn(d.answers[d.best])
	if w.Okta != nil && d.method == Basic {
		v.oneAddress(w, e.passage, d.answers[d.best])
	}
	return w
}

// oneAddress makes the witness of a password that Exchange relays come from one
// address: that of the client, on which both Okta and Entra look.
func (v *evaluation) oneAddress(w *Witness, p *passage, a *answer) {
	if a.hole == nil {
		return
	}
	okta := v.engine.okta.atlas.addresses(v.judgement.space.on(p.box, onSource))
	entra := v.engine.ca.atlas.addresses(v.coverage.space.on(a.hole, onLocation))
	both := okta.meet(entra).example()
	if !both.IsValid() {
		return
	}
	if w.Okta.Address != "" {
		w.Okta.Address = both.String()
	}
	if w.Entra.Address != "" {
		w.Entra.Address = both.String()
	}
}

// request describes one request of a passage.
func (j *judgement) request(p *passage) *OktaRequest {
	s, o := j.space, j.org
	r := &OktaRequest{Client: client(s.on(p.box, onClient).first()).String()}
	r.Anywhere, r.Address, r.Zones = o.atlas.describe(s, p.box, onSource)
	if set := s.on(p.box, onPlatform); set.count() < platforms {
		r.Platform = platform(set.first()).String()
	}
	if set := s.on(p.box, onDevice); set.count() < int(devices) {
		r.Device = device(set.first()).String()
	}
	if set := s.on(p.box, onRisk); set.count() < int(risks) {
		r.Risk = risk(set.first()).String()
	}
	for i, id := range o.assurances.names {
		if !s.can(p.box, o.atlas.facts+i, false) {
			r.Assurances = append(r.Assurances, id)
		}
	}
	return r
}

// signIn describes one sign-in of an answer.
func (c *coverage) signIn(a *answer) *EntraSignIn {
	s := c.space
	r := &EntraSignIn{Client: a.client.String()}
	if a.hole == nil {
		r.Anywhere = true
		return r
	}
	r.Anywhere, r.Address, r.Locations = c.ca.atlas.describe(s, a.hole, onLocation)
	pick := func(axis int, names []string) string {
		values := s.on(a.hole, axis)
		if values.count() == len(names) {
			return ""
		}
		return names[values.first()]
	}
	r.Platform = pick(onCAPlatform, caPlatforms)
	r.SignInRisk = pick(onSignInRisk, caRisks)
	r.UserRisk = pick(onUserRisk, caRisks)
	return r
}

// String is the name of the kind in Graph.
func (k caClient) String() string {
	switch k {
	case caBrowser:
		return "browser"
	case caOther:
		return "other"
	case caSync:
		return "exchangeActiveSync"
	}
	return "mobileAppsAndDesktopClients"
}

// describe says from where the requests of a box come: an example of an address,
// and the names of the zones that they have to be in.
func (a *atlas) describe(s *space, b box, axis int) (anywhere bool, address string, zones []string) {
	atoms := s.on(b, axis)
	anywhere = atoms.count() == len(a.atoms)
	symbolic := false
	for i := range a.zones {
		z := &a.zones[i]
		if z.symbolic {
			if !s.can(b, z.fact, false) {
				zones, symbolic, anywhere = append(zones, z.label()), true, false
			}
			anywhere = anywhere && s.can(b, z.fact, true)
			continue
		}
		if len(z.sure) > 0 && !anywhere && atoms.without(a.inside[z.list]).empty() {
			zones = append(zones, z.label())
		}
	}
	if !symbolic {
		if e := a.addresses(atoms).example(); e.IsValid() {
			address = e.String()
		}
	}
	return anywhere, address, zones
}
