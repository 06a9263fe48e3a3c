package steps

import (
	"crypto"
	"crypto/x509"
	_ "embed"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"

	"software.sslmate.com/src/go-pkcs12"
)

// certificatePEM is a certificate with its key that protects nothing: both are
// test data, committed so that the same seed sends the same requests.
//
//go:embed certificate.pem
var certificatePEM []byte

// bundles are real PKCS#12s of the test certificate, without a password, as
// base64. Making one takes milliseconds, so that a suite makes each once.
type bundles struct {
	mu   sync.Mutex
	made []string
}

// take returns bundle n; the same seed and n give the same bundle.
func (b *bundles) take(seed uint64, n int) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.made) <= n {
		cert, key, err := testCertificate()
		if err != nil {
			return "", fmt.Errorf("reading the test certificate: %w", err)
		}
		dice := reader{rand.New(rand.NewPCG(seed, uint64(len(b.made))))}
		der, err := pkcs12.Modern2023.WithRand(dice).Encode(key, cert, nil, "")
		if err != nil {
			return "", fmt.Errorf("making a PKCS#12: %w", err)
		}
		b.made = append(b.made, base64.StdEncoding.EncodeToString(der))
	}
	return b.made[n], nil
}

func testCertificate() (cert *x509.Certificate, key crypto.PrivateKey, err error) {
	block, rest := pem.Decode(certificatePEM)
	if cert, err = x509.ParseCertificate(block.Bytes); err != nil {
		return nil, nil, err
	}
	block, _ = pem.Decode(rest)
	key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	return cert, key, err
}

// reader yields the bytes of dice.
type reader struct{ dice *rand.Rand }

var _ io.Reader = reader{}

func (r reader) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(r.dice.Uint32())
	}
	return len(p), nil
}
