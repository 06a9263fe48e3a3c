package main

import (
	"ontap-conformance/fixtures/contract"
	"ontap-conformance/fixtures/mutant"
	"ontap-conformance/fixtures/simulator"
	"ontap-conformance/runner/exit"
	"ontap-conformance/runner/wording"
)

// bent makes the simulator that serve runs: the reference server, or one that
// a mutant or a liberty has bent.
func bent(c *contract.Catalogue, o simulator.Options, wrong, odd string) (*simulator.Simulator, error) {
	switch {
	case wrong != "" && odd != "":
		return nil, exit.Misusedf("--mutant and --liberty: want one of them, so that it is known what is seen")
	case wrong != "":
		m, ok := mutant.Find(c, wrong)
		if !ok {
			return nil, exit.Misusedf("--mutant: there is no mutant %q%s; list mutants names them", wrong, wording.DidYouMean(wrong, mutantNames(c)))
		}
		return m.New(c, o), nil
	case odd != "":
		l, ok := mutant.FindLiberty(odd)
		if !ok {
			return nil, exit.Misusedf("--liberty: there is no liberty %q%s; list liberties names them", odd, wording.DidYouMean(odd, libertyNames()))
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
