package entra

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// errEmbedded says that a list inside an object breaks off: Graph gives the first
// few elements of an expanded list, and a link to the rest.
var errEmbedded = errors.New("a list inside it breaks off")

// ofAnswer are the annotations on the outside of an object that tell of the
// answer it came in: which gateway gave it, and where it could be had again.
var ofAnswer = []string{
	"@odata.context", "@odata.count", "@odata.id", "@odata.editLink", "@odata.readLink",
	"@odata.metadataEtag", "@microsoft.graph.tips",
}

// ofMoment are the annotations, at any depth, that differ between two answers
// about the same thing: change marks, and links with a place in a listing.
var ofMoment = []string{"@odata.etag", "@odata.nextLink", "@odata.deltaLink"}

// tidy takes out of a vendor object what tells of the answer and not of the
// tenant, and leaves the rest as it came: other annotations, @odata.type above
// all, are the vendor's. The error errEmbedded comes with a good object.
func tidy(object snapshot.Object) (snapshot.Object, error) {
	var (
		out     bytes.Buffer
		cut     error
		decoder = jsontext.NewDecoder(bytes.NewReader(object))
		encoder = jsontext.NewEncoder(&out)
	)
	for {
		token, err := decoder.ReadToken()
		if err == io.EOF {
			return bytes.TrimSpace(out.Bytes()), cut
		}
		if err != nil {
			return nil, err
		}
		if isName(decoder) && isNoise(token.String(), decoder.StackDepth()) {
			if strings.HasSuffix(token.String(), "@odata.nextLink") {
				cut = errEmbedded
			}
			if err := decoder.SkipValue(); err != nil {
				return nil, err
			}
			continue
		}
		if err := encoder.WriteToken(token); err != nil {
			return nil, err
		}
	}
}

// isName tells whether the token just read is a member's name: in an object, the
// first, third, … token.
func isName(d *jsontext.Decoder) bool {
	kind, n := d.StackIndex(d.StackDepth())
	return kind == '{' && n%2 == 1
}

func isNoise(name string, depth int) bool {
	if depth == 1 && slices.Contains(ofAnswer, name) {
		return true
	}
	return slices.ContainsFunc(ofMoment, func(suffix string) bool { return strings.HasSuffix(name, suffix) })
}
