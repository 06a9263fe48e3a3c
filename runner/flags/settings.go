package flags

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"ontap-conformance/fixtures/files"
	"ontap-conformance/fixtures/strictyaml"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/wording"
)

// The variables that are no flags, and the file of settings that is read when it exists.
const (
	EnvPrefix     = "ONTAP_CONFORMANCE_"
	EnvPassword   = EnvPrefix + "PASSWORD"
	EnvToken      = EnvPrefix + "TOKEN"
	DefaultConfig = "ontap-conformance.yaml"
)

// Getenv returns a variable of an environment as from os.Environ; ok is false when it is not set.
func Getenv(env []string, name string) (value string, ok bool) {
	for _, pair := range slices.Backward(env) { // the last one counts, as in a shell
		if n, v, found := strings.Cut(pair, "="); found && n == name {
			return v, true
		}
	}
	return "", false
}

// Settle sets the flags that the command line left alone: from the environment, which is as
// from os.Environ, then from the file of settings. warn tells the user of what is likely a slip.
func Settle(cmd *cobra.Command, env []string, warn func(format string, args ...any)) error {
	if err := fromEnvironment(cmd, env, warn); err != nil {
		return err
	}
	name, err := cmd.Flags().GetString("config")
	if err != nil {
		return err
	}
	optional := name == ""
	if optional {
		name = DefaultConfig
	}
	text, err := files.ReadAny(cmd.Context(), name, files.MaxText)
	if optional && errors.Is(err, fs.ErrNotExist) {
		return noneEmpty(cmd.Flags())
	}
	if err != nil {
		return exit.Misusedf("--config: %w", err)
	}
	if err := FromFile(cmd, name, text); err != nil {
		return exit.Misusedf("%w", err)
	}
	return noneEmpty(cmd.Flags())
}

// noneEmpty refuses flags that were given an empty value. It mostly comes of a variable of the
// shell that is not set, and would count as no flag: a run for --endpoint "$TARGET" would test
// the simulator, one for --svm "$SVM" would use every SVM. Flags whose default is not empty may
// be emptied.
func noneEmpty(flags *pflag.FlagSet) error {
	var err error
	flags.VisitAll(func(f *pflag.Flag) {
		values := []string{f.Value.String()}
		if many, is := f.Value.(pflag.SliceValue); is {
			values = many.GetSlice()
		} else if f.DefValue != "" {
			return
		}
		empty := len(values) == 0 || slices.ContainsFunc(values, func(v string) bool { return strings.TrimSpace(v) == "" })
		if f.Changed && empty && err == nil {
			err = exit.Misusedf("--%s: its value is empty: leave it out, or give it a value", f.Name)
		}
	})
	return err
}

// fromEnvironment sets flags from variables. One that is like ours and names
// no flag is likely misspelt, so it is worth a warning; it may also be meant
// for another version of us, so it is not worth more.
func fromEnvironment(cmd *cobra.Command, env []string, warn func(format string, args ...any)) error {
	known := []string{EnvPassword, EnvToken}
	for _, f := range everyFlag(cmd) {
		known = append(known, variable(f))
	}
	var errs []error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		v, ok := Getenv(env, variable(f.Name))
		if !ok || f.Changed {
			return
		}
		if err := set(cmd.Flags(), f, strings.Split(v, "\n")); err != nil {
			errs = append(errs, exit.Misusedf("%s: %w", variable(f.Name), err))
		}
	})
	for _, pair := range env {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, EnvPrefix) && !slices.Contains(known, name) {
			warn("the variable %s sets nothing%s", name, wording.DidYouMean(name, known))
		}
	}
	return errors.Join(errs...)
}

// variable is the environment variable of a flag.
func variable(flag string) string {
	return EnvPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
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

// FromFile sets the flags of a command from the text of a file: a mapping of names of flags to
// a value or a list of values.
func FromFile(cmd *cobra.Command, name string, text []byte) error {
	var file yaml.Node
	if err := strictyaml.Decode(name, text, &file); err != nil {
		return err
	}
	if file.IsZero() { // nothing, or comments alone
		return nil
	}
	body := file.Content[0]
	if body.Kind != yaml.MappingNode {
		return fmt.Errorf("%s:%d: want names of flags with their values", name, body.Line)
	}
	known := everyFlag(cmd)
	seen := map[string]bool{}
	for pair := range slices.Chunk(body.Content, 2) {
		key, value := pair[0], pair[1]
		if seen[key.Value] {
			return fmt.Errorf("%s:%d: the key %q is there already", name, key.Line, key.Value)
		}
		seen[key.Value] = true
		if err := fromPair(cmd.Flags(), known, key.Value, value); err != nil {
			return fmt.Errorf("%s:%d: %w", name, key.Line, err)
		}
	}
	return nil
}

// fromPair sets one flag, unless it has been set already or belongs to another
// subcommand.
func fromPair(flags *pflag.FlagSet, known []string, key string, value *yaml.Node) error {
	switch {
	case key == "password" || key == "token":
		return fmt.Errorf("a %s does not belong into a file of settings: name its file with %s-file", key, key)
	case key == "config":
		return errors.New("a file of settings cannot name another one")
	case !slices.Contains(known, key):
		return fmt.Errorf("unknown key %q%s", key, wording.DidYouMean(key, known))
	}
	values, err := scalars(value)
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
func scalars(n *yaml.Node) ([]string, error) {
	list := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		list = n.Content
	}
	var all []string
	for _, e := range list {
		if e.Kind != yaml.ScalarNode || e.ShortTag() == "!!null" {
			return nil, errors.New("want a value or a list of values")
		}
		all = append(all, e.Value)
	}
	return all, nil
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
