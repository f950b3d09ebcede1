module github.com/seed-07732396/postern

go 1.26.0

require (
	// the clouds and options that azidentity takes
	github.com/Azure/azure-sdk-for-go/sdk/azcore v1.24.0
	// Microsoft's own sign-in: certificate, secret, federation, identity, CLI
	github.com/Azure/azure-sdk-for-go/sdk/azidentity v1.15.0
	// streaming JSON that reports positions, duplicate names and bad UTF-8; in the standard library from Go 1.27
	github.com/go-json-experiment/json v0.0.0-20260820222146-c27c302e5fc3
	// differences that tests can show
	github.com/google/go-cmp v0.7.0
	// SARIF's ids of suppressions
	github.com/google/uuid v1.6.0
	// which answers are worth another attempt, and how long to wait
	github.com/hashicorp/go-retryablehttp v0.7.8
	// signs Okta's private-key JWT and DPoP proofs; OPA brings it along
	github.com/lestrrat-go/jwx/v3 v3.3.0
	// the Graph SDK's request type
	github.com/microsoft/kiota-abstractions-go v1.9.3
	// the Graph SDK's JSON, for its errors
	github.com/microsoft/kiota-serialization-json-go v1.1.2
	// models/odataerrors alone: the other models take minutes and gigabytes to compile
	github.com/microsoftgraph/msgraph-sdk-go v1.96.0
	// the Graph SDK's request adapter
	github.com/microsoftgraph/msgraph-sdk-go-core v1.4.0
	// Rego: v1/ast and v1/rego, imported by policies/engine alone
	github.com/open-policy-agent/opa v1.22.2
	// the SARIF types
	github.com/owenrumney/go-sarif/v2 v2.3.3
	// testscript: end-to-end tests of the program
	github.com/rogpeppe/go-internal v1.16.0
	// holds documents to published schemas, in tests
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3
	// the bar while collecting
	github.com/schollz/progressbar/v3 v3.19.1
	// the command line
	github.com/spf13/cobra v1.10.2
	// cobra's flags, which a test lists
	github.com/spf13/pflag v1.0.10
	// reads HTML as a browser does, in tests
	golang.org/x/net v0.62.0
	// is somebody reading along, and how wide is it
	golang.org/x/term v0.47.0
	// how many columns a character takes
	golang.org/x/text v0.43.0
	// rate limits
	golang.org/x/time v0.16.0
	// strict YAML with line numbers
	gopkg.in/yaml.v3 v3.0.1
)

require (
	github.com/Azure/azure-sdk-for-go/sdk/internal v1.13.0 // indirect
	github.com/AzureAD/microsoft-authentication-library-for-go v1.10.1 // indirect
	github.com/agnivade/levenshtein v1.2.1 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/decred/dcrd/dcrec/secp256k1/v4 v4.4.1 // indirect
	github.com/go-logr/logr v1.4.4 // indirect
	github.com/go-logr/stdr v1.2.2 // indirect
	github.com/gobwas/glob v1.0.0 // indirect
	github.com/goccy/go-json v0.10.6 // indirect
	github.com/golang-jwt/jwt/v5 v5.3.1 // indirect
	github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/kylelemons/godebug v1.1.0 // indirect
	github.com/lestrrat-go/blackmagic v1.0.4 // indirect
	github.com/lestrrat-go/dsig v1.4.0 // indirect
	github.com/lestrrat-go/dsig-secp256k1 v1.0.0 // indirect
	github.com/lestrrat-go/httpcc v1.0.1 // indirect
	github.com/lestrrat-go/httprc/v3 v3.0.6 // indirect
	github.com/lestrrat-go/option/v2 v2.0.0 // indirect
	github.com/microsoft/kiota-http-go v1.5.5 // indirect
	github.com/mitchellh/colorstring v0.0.0-20190213212951-d06e56a500db // indirect
	github.com/pkg/browser v0.0.0-20240102092130-5ac0b6a4141c // indirect
	github.com/rivo/uniseg v0.4.7 // indirect
	github.com/segmentio/asm v1.2.1 // indirect
	github.com/sirupsen/logrus v1.10.2 // indirect
	github.com/std-uritemplate/std-uritemplate/go/v2 v2.0.3 // indirect
	github.com/valyala/fastjson v1.6.10 // indirect
	github.com/vektah/gqlparser/v2 v2.5.58 // indirect
	github.com/xeipuuv/gojsonpointer v0.0.0-20190905194746-02993c407bfb // indirect
	github.com/xeipuuv/gojsonreference v0.0.0-20180127040603-bd5ef7bd5415 // indirect
	github.com/yashtewari/glob-intersection v0.2.0 // indirect
	go.opentelemetry.io/auto/sdk v1.2.1 // indirect
	go.opentelemetry.io/otel v1.46.0 // indirect
	go.opentelemetry.io/otel/metric v1.46.0 // indirect
	go.opentelemetry.io/otel/trace v1.46.0 // indirect
	go.yaml.in/yaml/v3 v3.0.6 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/tools v0.51.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
)
