package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const (
	envPrefix     = "ONTAP_CONFORMANCE_"
	envPassword   = envPrefix + "PASSWORD"
	envToken      = envPrefix + "TOKEN"
	defaultConfig = "ontap-conformance.yaml"
)

// getenv returns a variable of the process; ok is false when it is not set.
func (p process) getenv(name string) (value string, ok bool) {
	for _, pair := range slices.Backward(p.env) { // the last one counts, as in a shell
		if n, v, found := strings.Cut(pair, "="); found && n == name {
			return v, true
		}
	}
	return "", false
}

// settle sets the flags that the command line left alone: from the
// environment, then from the file.
func (a *app) settle(cmd *cobra.Command) error {
	if err := a.fromEnvironment(cmd); err != nil {
		return err
	}
	name, err := cmd.Flags().GetString("config")
	if err != nil {
		return err
	}
	optional := name == ""
	if optional {
		name = defaultConfig
	}
	text, err := os.ReadFile(name)
	if optional && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return misused("--config: %w", err)
	}
	if err := fromFile(cmd, name, text); err != nil {
		return misused("%w", err)
	}
	return nil
}

// fromEnvironment sets flags from variables. One that is like ours and names
// no flag is likely misspelt, so it is worth a warning; it may also be meant
// for another version of us, so it is not worth more.
func (a *app) fromEnvironment(cmd *cobra.Command) error {
	known := []string{envPassword, envToken}
	for _, f := range everyFlag(cmd) {
		known = append(known, variable(f))
	}
	var errs []error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		v, ok := a.getenv(variable(f.Name))
		if !ok || f.Changed {
			return
		}
		if err := set(cmd.Flags(), f, strings.Split(v, "\n")); err != nil {
			errs = append(errs, misused("%s: %w", variable(f.Name), err))
		}
	})
	for _, pair := range a.env {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, envPrefix) && !slices.Contains(known, name) {
			a.warn("the variable %s sets nothing%s", name, didYouMean(name, known))
		}
	}
	return errors.Join(errs...)
}

// variable is the environment variable of a flag.
func variable(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// everyFlag returns the names of the flags of all subcommands: one file and
// one environment serve them all.
func everyFlag(cmd *cobra.Command) []string {
	var names []string
	var visit func(*cobra.Command)
	visit = func(c *cobra.Command) {
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		c.PersistentFlags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(cmd.Root())
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(n string) bool { return n == "help" || n == "version" })
}

// fromFile sets flags from the text of a file: a mapping of names of flags to
// a value or a list of values.
func fromFile(cmd *cobra.Command, name string, text []byte) error {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return fmt.Errorf("%s:%s", name, oneLine(yaml.FormatError(err, false, false)))
	}
	known := everyFlag(cmd)
	for _, doc := range file.Docs {
		var pairs []*ast.MappingValueNode
		switch body := doc.Body.(type) {
		case nil, *ast.CommentGroupNode:
		case *ast.MappingNode:
			pairs = body.Values
		case *ast.MappingValueNode:
			pairs = []*ast.MappingValueNode{body}
		default:
			return fmt.Errorf("%s:%d: want names of flags with their values", name, line(body))
		}
		for _, pair := range pairs {
			if err := fromPair(cmd.Flags(), known, pair); err != nil {
				return fmt.Errorf("%s:%d: %w", name, line(pair.Key), err)
			}
		}
	}
	return nil
}

func line(n ast.Node) int { return n.GetToken().Position.Line }

// fromPair sets one flag, unless it has been set already or belongs to another
// subcommand.
func fromPair(flags *pflag.FlagSet, known []string, pair *ast.MappingValueNode) error {
	key := pair.Key.GetToken().Value
	switch {
	case key == "password" || key == "token":
		return fmt.Errorf("a %s does not belong into a file of settings: name its file with %s-file", key, key)
	case key == "config":
		return errors.New("a file of settings cannot name another one")
	case !slices.Contains(known, key):
		return fmt.Errorf("unknown key %q%s", key, didYouMean(key, known))
	}
	values, err := scalars(pair.Value)
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	f := flags.Lookup(key)
	if f == nil || f.Changed {
		return nil
	}
	if err := set(flags, f, values); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

// scalars returns a value, or the values of a list, as they were written.
func scalars(n ast.Node) ([]string, error) {
	switch n := n.(type) {
	case *ast.SequenceNode:
		var all []string
		for _, e := range n.Values {
			s, err := scalars(e)
			if err != nil {
				return nil, err
			}
			all = append(all, s...)
		}
		return all, nil
	case *ast.StringNode:
		return []string{n.Value}, nil
	case *ast.LiteralNode:
		return []string{n.Value.Value}, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return []string{n.GetToken().Value}, nil
	}
	return nil, errors.New("want a value or a list of values")
}

// set gives a flag its values: one, or several if it can be repeated.
func set(flags *pflag.FlagSet, f *pflag.Flag, values []string) error {
	if _, many := f.Value.(pflag.SliceValue); !many && len(values) != 1 {
		return fmt.Errorf("want one value, got %d", len(values))
	}
	for _, v := range values {
		if err := flags.Set(f.Name, v); err != nil {
			var invalid *pflag.InvalidValueError
			if errors.As(err, &invalid) {
				return wrongValue(f, v, invalid.Unwrap())
			}
			return err
		}
	}
	return nil
}
