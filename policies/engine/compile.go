package engine

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// compile turns the modules into what can be evaluated, or reports what is wrong
// with them: unknown functions, types that do not fit the schema, variables that
// nobody uses.
//
// checked modules have been through all that before, and are only made ready.
//
// It works on copies, and closes copied when it has them: until then nobody else may
// use the modules. Objects in them sort their keys when they are first looked at.
func compile(modules map[string]*ast.Module, builtins *ast.Capabilities, schema *inputSchema, checked bool, copied chan<- struct{}, found *problems) *ast.Compiler {
	compiler := ast.NewCompiler().WithCapabilities(builtins).SetErrorLimit(maxLoadErrors)
	if checked {
		compiler.WithSkipStages(checks()...)
		compiler.WithSkipStages(rewritings()...)
	} else {
		schemas := ast.NewSchemaSet()
		schemas.Put(ast.SchemaRootRef, schema.forOPA())
		compiler.WithStrict(true).WithSchemas(schemas)
	}
	handOver := sync.OnceFunc(func() { close(copied) })
	defer handOver() // should compiling end with its first stage
	compiler.WithStageAfterID(ast.StageResolveRefs, ast.CompilerStageDefinition{
		Name: "HandOver", MetricName: "hand_over",
		Stage: func(*ast.Compiler) *ast.Error {
			handOver()
			return nil
		},
	})
	compiler.Compile(modules)
	if compiler.Failed() {
		found.opa("", compiler.Errors)
	}
	return compiler
}

// checks are the stages of OPA's compiler that only look for mistakes, a third of
// its work, and what they alone need: the graph of the rules. Types are needed to
// evaluate "with" on a function besides, which no control may use.
func checks() []ast.StageID {
	return []ast.StageID{
		ast.StageCheckUnusedImports, ast.StageCheckKeywordOverrides, ast.StageCheckDuplicateImports,
		ast.StageCheckVoidCalls, ast.StageCheckRuleConflicts, ast.StageCheckUndefinedFuncs,
		ast.StageCheckSafetyRuleHeads, ast.StageCheckRecursion, ast.StageCheckTypes,
		ast.StageCheckUnsafeBuiltins, ast.StageCheckDeprecatedBuiltins, ast.StageBuildRequiredCapabilities,
		ast.StageSetGraph,
	}
}

// rewritings are the stages that make what no control may have into something else:
// calls of print and of rego.metadata, "with", and tests.
func rewritings() []ast.StageID {
	return []ast.StageID{
		ast.StageRewritePrintCalls, ast.StageParseMetadataBlocks, ast.StageSetAnnotationSet,
		ast.StageRewriteRegoMetadataCalls, ast.StageRewriteWithValues, ast.StageRewriteTestRulesForTracing,
	}
}

// A query is the question that a control is asked: what its public rules hold. It
// needs no compiling. rego.Rego would do the same, and link in half of OPA besides:
// bundles, WebAssembly and the formats that they come in.
type query struct {
	compiler *ast.Compiler
	body     ast.Body
	// rules are the public rules by the variables that they are bound to.
	rules map[ast.Var]string
}

// newQuery leaves rules out that the control does not have: they would leave the
// whole question without an answer.
func newQuery(compiler *ast.Compiler, src *source) *query {
	q := &query{compiler: compiler, rules: map[ast.Var]string{}}
	for _, name := range publicRules() {
		ref := src.module.Package.Path.Append(ast.StringTerm(name))
		if len(compiler.GetRulesExact(ref)) > 0 {
			variable := ast.Var(name)
			q.rules[variable] = name
			q.body.Append(ast.Equality.Expr(ast.NewTerm(variable), ast.NewTerm(ref)))
		}
	}
	return q
}

// ask gives what the public rules hold of an input, by name. What rules and functions
// give on the way goes into the cache, from which other questions about the same input
// may be answered.
func (q *query) ask(ctx context.Context, input ast.Value, cache topdown.VirtualCache) (map[string]*ast.Term, error) {
	// There is no data but the rules; OPA wants a place for it all the same.
	store := inmem.New()
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		return nil, err
	}
	defer store.Abort(ctx, txn)
	cancel := topdown.NewCancel()
	defer context.AfterFunc(ctx, cancel.Cancel)()
	var answers []map[string]*ast.Term
	err = topdown.NewQuery(q.body).
		WithCompiler(q.compiler).
		WithStore(store).
		WithTransaction(txn).
		WithMetrics(metrics.NoOp()).
		WithStrictBuiltinErrors(true).
		WithCancel(cancel).
		WithVirtualCache(cache).
		WithInput(ast.NewTerm(input)).
		Iter(ctx, func(result topdown.QueryResult) error {
			answer := map[string]*ast.Term{}
			for variable, name := range q.rules {
				answer[name] = result[variable]
			}
			answers = append(answers, answer)
			return nil
		})
	switch {
	case err != nil:
		return nil, err
	case len(answers) != 1:
		return nil, fmt.Errorf("the control gave %d results for one question", len(answers))
	}
	return answers[0], nil
}

// controlPackage splits controls.<area>.<slug>, topicPackage lib.<topic>.
func controlPackage(parts []string) (area, slug string, ok bool) {
	if len(parts) != 3 || parts[0] != "controls" || !isName(parts[1]) || !isName(parts[2]) {
		return "", "", false
	}
	return parts[1], parts[2], true
}

func topicPackage(parts []string) (topic string, ok bool) {
	if len(parts) != 2 || parts[0] != "lib" || !isName(parts[1]) {
		return "", false
	}
	return parts[1], true
}

// packageName writes a package as the file does.
func packageName(module *ast.Module) string { return strings.Join(packageOf(module), ".") }
