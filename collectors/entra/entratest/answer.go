package entratest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// answer makes the body for one request, or a refusal.
func (s *Server) answer(r *http.Request, has []string) ([]byte, error) {
	version, path, ok := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	if !ok || version != "v1.0" && version != "beta" {
		return nil, &refusal{http.StatusBadRequest, "BadRequest", "Invalid version: " + version}
	}
	if r.Method != http.MethodGet {
		return nil, &refusal{http.StatusMethodNotAllowed, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."}
	}
	template, id, err := withoutID(path)
	if err != nil {
		return nil, err
	}
	if err := s.allow(template, has); err != nil {
		return nil, err
	}
	switch template {
	case "domains/{id}/federationConfiguration":
		list, ok := s.tenant.Federation[id]
		if !ok {
			return nil, notFound(id)
		}
		return s.page(r, List(list), 100)
	case "groups/{id}":
		return s.group(id)
	case "groups/{id}/transitiveMembers", "groups/{id}/members":
		if _, err := s.group(id); err != nil && s.tenant.Members[id] == nil {
			return nil, err
		}
		list := s.tenant.Members[id]
		if own, apart := s.tenant.Direct[id]; apart && strings.HasSuffix(template, "/members") {
			list = own
		}
		return s.page(r, members(list), 999)
	case "users":
		return s.users(r, has)
	case "auditLogs/signIns":
		return s.signIns(r, version, has)
	}
	if list, ok := s.tenant.Collections[path]; ok {
		return s.page(r, list, 999)
	}
	if single, ok := s.tenant.Singles[path]; ok {
		return withContext(r, path, single), nil
	}
	if collections[path] {
		return s.page(r, List{}, 999)
	}
	return nil, notFound(path)
}

// collections are the paths that exist in every tenant, if only empty.
var collections = map[string]bool{
	"domains": true, "identity/conditionalAccess/policies": true, "identity/conditionalAccess/namedLocations": true,
	"policies/authenticationStrengthPolicies": true, "policies/tokenLifetimePolicies": true,
	"policies/homeRealmDiscoveryPolicies": true, "policies/featureRolloutPolicies": true,
	"subscribedSkus": true, "directoryRoles": true, "roleManagement/directory/roleAssignments": true,
}

// withoutID puts {id} in the place of an id in the path.
func withoutID(path string) (template, id string, err error) {
	parts := strings.SplitN(path, "/", 3)
	if parts[0] != "domains" && parts[0] != "groups" || len(parts) < 2 {
		return path, "", nil
	}
	id, err = url.PathUnescape(parts[1])
	if err != nil {
		return "", "", &refusal{http.StatusBadRequest, "BadRequest", "Invalid object identifier."}
	}
	parts[1] = "{id}"
	return strings.Join(parts, "/"), id, nil
}

func notFound(what string) error {
	return &refusal{http.StatusNotFound, "Request_ResourceNotFound", "Resource '" + what + "' does not exist or one of its queried reference-property objects are not present."}
}

func (s *Server) group(id string) ([]byte, error) {
	groups, ok := s.tenant.Collections["groups"]
	for i := 0; ok && i < groups.Len(); i++ {
		var group struct{ ID string }
		if json.Unmarshal(groups.At(i), &group) == nil && group.ID == id {
			return groups.At(i), nil
		}
	}
	return nil, notFound(id)
}

// members is a list of members as a collection.
type members []Member

func (m members) Len() int                 { return len(m) }
func (m members) At(i int) json.RawMessage { return marshal(m[i]) }

// users lists users; their activity makes smaller pages and needs a licence.
func (s *Server) users(r *http.Request, has []string) ([]byte, error) {
	list := s.tenant.Collections["users"]
	if list == nil {
		list = List{}
	}
	fields := strings.Split(r.URL.Query().Get("$select"), ",")
	most := 999
	for _, field := range fields {
		if field == "signInActivity" {
			if err := s.audited(has); err != nil {
				return nil, err
			}
			most = 500
		}
	}
	return s.page(r, selected{list, fields}, most)
}

// selected shows only some members of each object.
type selected struct {
	Collection
	fields []string
}

func (s selected) At(i int) json.RawMessage {
	object := s.Collection.At(i)
	if len(s.fields) == 1 && s.fields[0] == "" {
		return object
	}
	all, some := decode(object), make(map[string]json.RawMessage)
	for _, field := range s.fields {
		if value, ok := all[field]; ok {
			some[field] = value
		}
	}
	return marshal(some)
}

// betaOnly are the members of a sign-in that v1.0 does not show.
var betaOnly = []string{"signInEventTypes", "authenticationProtocol", "authenticationDetails", "incomingTokenType"}

// signIns lists the log, newest first. Without a filter on the kind of event
// there are interactive ones only, and v1.0 does not know that filter.
func (s *Server) signIns(r *http.Request, version string, has []string) ([]byte, error) {
	if err := s.audited(has); err != nil {
		return nil, err
	}
	filter := r.URL.Query().Get("$filter")
	known := func(name string) bool {
		switch name {
		case "createdDateTime", "clientAppUsed", "userPrincipalName", "userId", "appDisplayName":
			return true
		}
		return version == "beta" && (name == "signInEventTypes" || name == "authenticationProtocol")
	}
	passes := func(map[string]json.RawMessage) bool { return true }
	if filter != "" {
		parsed, err := parseFilter(filter, known)
		if isFilterError(err) {
			return nil, &refusal{http.StatusBadRequest, "BadRequest", err.Error()}
		}
		if err != nil {
			return nil, err
		}
		passes = parsed
	}
	var events List
	all := s.tenant.Collections["auditLogs/signIns"]
	for i := 0; all != nil && i < all.Len(); i++ {
		event := decode(all.At(i))
		interactive := string(event["isInteractive"]) == "true"
		if !interactive && !strings.Contains(filter, "signInEventTypes") || !passes(event) {
			continue
		}
		if version == "v1.0" {
			for _, name := range betaOnly {
				delete(event, name)
			}
		}
		events = append(events, marshal(event))
	}
	return s.page(r, events, 1000)
}

// tamperKey finds in a context how a fault wants pages to be.
type tamperKey struct{}

// tamper changes a page.
type tamper struct {
	// start is the index that the page begins at instead; nil leaves it.
	start *int
	// next replaces the link; nil leaves it.
	next func(link string) string
}

func tampered(r *http.Request, t tamper) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), tamperKey{}, t))
}

// page cuts one page out of a list. The link to the next one carries the index
// in $skiptoken, after whatever else the request said.
func (s *Server) page(r *http.Request, list Collection, most int) ([]byte, error) {
	query := r.URL.Query()
	size := min(most, 100)
	if top := query.Get("$top"); top != "" {
		n, err := strconv.Atoi(top)
		if err != nil || n < 1 {
			return nil, &refusal{http.StatusBadRequest, "BadRequest", "Invalid page size specified: '" + top + "'."}
		}
		size = min(n, most)
	}
	if s.options.MaxPage > 0 {
		size = min(size, s.options.MaxPage)
	}
	start, err := strconv.Atoi(query.Get("$skiptoken"))
	if query.Get("$skiptoken") != "" && (err != nil || start < 0 || start > list.Len()) {
		return nil, &refusal{http.StatusBadRequest, "Directory_ExpiredPageToken", "The specified page token value has expired and can no longer be included in your request."}
	}
	end := min(start+size, list.Len())
	t, _ := r.Context().Value(tamperKey{}).(tamper)
	from, to := start, end
	if t.start != nil {
		from, to = *t.start, min(*t.start+size, list.Len())
	}

	var b bytes.Buffer
	b.WriteString(`{"@odata.context":` + string(marshal(base(r)+"/$metadata#"+r.URL.Path)))
	if end < list.Len() {
		query.Set("$skiptoken", strconv.Itoa(end))
		link := base(r) + r.URL.EscapedPath() + "?" + query.Encode()
		if t.next != nil {
			link = t.next(link)
		}
		b.WriteString(`,"@odata.nextLink":` + string(marshal(link)))
	}
	b.WriteString(`,"value":[`)
	for i := from; i < to; i++ {
		if i > from {
			b.WriteByte(',')
		}
		b.Write(list.At(i))
	}
	b.WriteString(`]}`)
	return b.Bytes(), nil
}

// base is the service root as the client wrote it.
func base(r *http.Request) string { return "http://" + r.Host }

// withContext puts the annotation that Graph puts into single objects.
func withContext(r *http.Request, path string, object json.RawMessage) []byte {
	inside := bytes.TrimPrefix(bytes.TrimSpace(object), []byte("{"))
	head := `{"@odata.context":` + string(marshal(base(r)+"/$metadata#"+path+"/$entity"))
	if len(bytes.TrimSpace(inside)) > 1 {
		head += ","
	}
	return append([]byte(head), inside...)
}
