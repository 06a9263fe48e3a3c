package flags

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/wording"
)

// Unknown refuses an argument that stands where a subcommand should.
func Unknown(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	return exit.Misusedf("there is no subcommand %q%s", args[0], wording.DidYouMean(args[0], names))
}

// NoArgs is for commands that take flags only.
func NoArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return exit.Misusedf("%s takes no arguments, got %q", cmd.CommandPath(), args[0])
	}
	return nil
}

// OneOf is for commands whose argument is one of a few words.
func OneOf(words ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return exit.Misusedf("%s: say which: %s", cmd.CommandPath(), strings.Join(words, ", "))
		case len(args) > 1:
			return exit.Misusedf("%s takes one argument, got %d", cmd.CommandPath(), len(args))
		case !slices.Contains(words, args[0]):
			return exit.Misusedf("%s: want one of %s, got %q%s", cmd.CommandPath(), strings.Join(words, ", "), args[0], wording.DidYouMean(args[0], words))
		}
		return nil
	}
}

// OneFolder is for commands that work on what a run left.
func OneFolder(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return exit.Misusedf("%s takes one argument, the folder of a run, got %d", cmd.CommandPath(), len(args))
	}
	return nil
}

// Error says in one line what is wrong with a flag.
func Error(cmd *cobra.Command, err error) error {
	if !cmd.HasParent() && cmd.Flags().NArg() > 0 {
		return cmd.Args(cmd, cmd.Flags().Args()) // the wrong subcommand comes first
	}
	var unknown *pflag.NotExistError
	var empty *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "":
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		name := "--" + unknown.GetSpecifiedName()
		return exit.Misusedf("%s has no flag %s%s", cmd.CommandPath(), name, wording.DidYouMean(name, names))
	case errors.As(err, &empty):
		return exit.Misusedf("--%s needs a value", empty.GetFlag().Name)
	case errors.As(err, &invalid):
		return exit.Misusedf("--%s: %w", invalid.GetFlag().Name, wrongValue(invalid.GetFlag(), invalid.GetValue(), invalid.Unwrap()))
	}
	return exit.Misusedf("%w", err)
}

// wrongValue says what a flag takes, where the parser's own words say how it
// failed.
func wrongValue(f *pflag.Flag, value string, err error) error {
	takes := map[string]string{
		"uint64": "a whole number", "int": "a whole number", "float64": "a number",
		"duration": "a time as in 30s or 2m", "bool": "true or false",
	}[f.Value.Type()]
	if takes == "" {
		return err
	}
	return fmt.Errorf("want %s, got %q", takes, value)
}
