package main

import (
	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/fixtures/simulator"
)

// bent makes the simulator that serve runs: the reference server, or one that
// a mutant or a liberty has bent.
func bent(c *contract.Catalogue, o simulator.Options, wrong, odd string) (*simulator.Simulator, error) {
	switch {
	case wrong != "" && odd != "":
		return nil, misused("--mutant and --liberty: want one of them, so that it is known what is seen")
	case wrong != "":
		m, ok := mutant.Find(c, wrong)
		if !ok {
			return nil, misused("--mutant: there is no mutant %q%s; list mutants names them", wrong, didYouMean(wrong, mutantNames(c)))
		}
		return m.New(c, o), nil
	case odd != "":
		l, ok := mutant.FindLiberty(odd)
		if !ok {
			return nil, misused("--liberty: there is no liberty %q%s; list liberties names them", odd, didYouMean(odd, libertyNames()))
		}
		return l.New(c, o), nil
	}
	return simulator.New(c, o), nil
}

func mutantNames(c *contract.Catalogue) []string {
	var names []string
	for _, m := range mutant.All(c) {
		names = append(names, m.Name)
	}
	return names
}

func libertyNames() []string {
	var names []string
	for _, l := range mutant.Liberties() {
		names = append(names, l.Name)
	}
	return names
}
