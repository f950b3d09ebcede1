package engine

import (
	"context"
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
)

// compile turns the modules into what can be evaluated, or reports what is wrong
// with them: unknown functions, types that do not fit the schema, variables that
// nobody uses.
//
// checked modules have been through all that before, and are only made ready.
func compile(modules map[string]*ast.Module, builtins *ast.Capabilities, schema *inputSchema, checked bool, found *problems) *ast.Compiler {
	compiler := ast.NewCompiler().WithCapabilities(builtins).SetErrorLimit(maxLoadErrors)
	if checked {
		compiler.WithSkipStages(checks()...)
	} else {
		schemas := ast.NewSchemaSet()
		schemas.Put(ast.SchemaRootRef, schema.forOPA())
		compiler.WithStrict(true).WithSchemas(schemas)
	}
	compiler.Compile(modules)
	if compiler.Failed() {
		found.opa("", compiler.Errors)
	}
	return compiler
}

// checks are the stages of OPA's compiler that only look for mistakes, a third of
// its work. Types are needed to evaluate "with" on a function besides, which no
// control may use.
func checks() []ast.StageID {
	return []ast.StageID{
		ast.StageCheckUnusedImports, ast.StageCheckKeywordOverrides, ast.StageCheckDuplicateImports,
		ast.StageCheckVoidCalls, ast.StageCheckRuleConflicts, ast.StageCheckUndefinedFuncs,
		ast.StageCheckSafetyRuleHeads, ast.StageCheckRecursion, ast.StageCheckTypes,
		ast.StageCheckUnsafeBuiltins, ast.StageCheckDeprecatedBuiltins, ast.StageBuildRequiredCapabilities,
	}
}

// copies gives a copy of every module, by its file. Objects in a module sort their
// keys when they are first looked at, so two goroutines cannot share them.
func copies(sources []*source) map[string]*ast.Module {
	modules := make(map[string]*ast.Module, len(sources))
	for _, src := range sources {
		modules[src.file] = src.module.Copy()
	}
	return modules
}

// entriesVar is the variable that a query's result is bound to.
const entriesVar = "entries"

// prepare makes the one query of a control: an object of its public rules. Rules
// that the control does not have are left out, because they would leave the whole
// object undefined.
func prepare(ctx context.Context, compiler *ast.Compiler, src *source) (rego.PreparedEvalQuery, error) {
	var fields [][2]*ast.Term
	for _, name := range publicRules() {
		ref := src.module.Package.Path.Append(ast.StringTerm(name))
		if len(compiler.GetRulesExact(ref)) > 0 {
			fields = append(fields, [2]*ast.Term{ast.StringTerm(name), ast.NewTerm(ref)})
		}
	}
	query := ast.NewBody(ast.Equality.Expr(ast.VarTerm(entriesVar), ast.ObjectTerm(fields...)))
	prepared, err := rego.New(
		rego.ParsedQuery(query),
		rego.Compiler(compiler),
		rego.StrictBuiltinErrors(true),
		rego.GenerateJSON(func(term *ast.Term, _ *rego.EvalContext) (any, error) { return term, nil }),
	).PrepareForEval(ctx)
	if err != nil {
		return prepared, fmt.Errorf("prepare %s: %w", src.file, err)
	}
	return prepared, nil
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
