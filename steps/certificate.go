package steps

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	_ "embed"
	"encoding/pem"
	"hash/fnv"
	"io"
	"maps"
	"math/big"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"ontap-conformance/fixtures/wire"
)

// The certificates that an external key manager stands on. They are installed,
// never created: then the same seed installs the same ones.
var (
	clientCertificate = &kind{
		noun: "client certificate", plural: "client certificates", resource: "certificates",
		marked: []string{"common_name", "name"}, readable: "CERT-READ-01", unlisted: "CERT-DELETE-02",
		body: func(w *world, name string, svm SVM) map[string]any { return w.installation(name, name, svm, ourKey()) },
	}
	caCertificate = &kind{
		noun: "CA certificate", plural: "CA certificates", resource: "certificates",
		marked: []string{"common_name", "name"}, readable: "CERT-READ-01", unlisted: "CERT-DELETE-02",
		body: func(w *world, name string, svm SVM) map[string]any {
			subject := name
			if name == ownAuthority { // the client's certificate vouches for itself, which saves a signature
				subject = ownClient
			}
			body := w.installation(name, subject, svm, ourKey())
			delete(body, "private_key")
			body["type"] = "server_ca"
			return body
		},
	}
)

// What a key manager awaits unless it is told otherwise.
const (
	ownClient    = "client"
	ownAuthority = "CA"
)

// otherPEM is a second key that protects nothing: test data like certificatePEM.
//
//go:embed other.pem
var otherPEM []byte

// A keyPair is one of the test keys.
type keyPair struct {
	secret wire.Secret // as a body has it
	signer crypto.Signer
}

// The keys are read when the first scenario needs them.
var (
	ourKey   = sync.OnceValue(func() keyPair { return readKey("CLIENT_PRIVATE_KEY", certificatePEM) })
	otherKey = sync.OnceValue(func() keyPair { return readKey("OTHER_PRIVATE_KEY", otherPEM) })
)

// readKey reads the key of a file; name is that of the secret, in reports.
func readKey(name string, file []byte) keyPair {
	block, rest := pem.Decode(file)
	for block.Type != "PRIVATE KEY" {
		block, rest = pem.Decode(rest)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		panic("steps: " + err.Error()) // it is embedded, and the tests use it
	}
	return keyPair{wire.NewSecret(name, string(pem.EncodeToMemory(block))), key.(crypto.Signer)}
}

// installation is the body that installs a client certificate of a subject. Without an SVM it
// is one of the cluster.
func (w *world) installation(name, subject string, svm SVM, key keyPair) map[string]any {
	body := map[string]any{"type": "client", "public_certificate": w.selfSigned(subject, key, always), "private_key": key.secret}
	if svm.Name != "" && svm != w.suite.Admin {
		body["svm"] = map[string]any{"name": svm.Name}
	}
	if !undocumented(w, w.contract().Resource("certificates"), "name") {
		body["name"] = w.token + "-" + name
	}
	return body
}

// validity is the years in which a certificate is valid.
type validity struct{ from, to int }

var always = validity{2020, 2049}

// selfSigned makes a certificate whose subject carries the mark of the scenario. A signature
// of RSA needs no dice, so that the same seed makes the same. The last ones are kept: those
// of one case are asked for again, and signing takes most of its time.
func (w *world) selfSigned(name string, key keyPair, v validity) string {
	id := certified{key.secret.Name(), w.token + "-" + name, v}
	if known, found := certificates.Load(id); found {
		return known.(string)
	}
	text := sign(&x509.Certificate{
		SerialNumber:          serialOf(id.subject),
		Subject:               pkix.Name{CommonName: id.subject},
		NotBefore:             time.Date(v.from, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:              time.Date(v.to, 1, 1, 0, 0, 0, 0, time.UTC),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		BasicConstraintsValid: true, IsCA: true,
	}, key.signer)
	if certificatesMade.Add(1)%maxCertificates == 0 {
		certificates.Clear()
	}
	certificates.Store(id, text)
	return text
}

// certified is all in which the certificates of a process differ.
type certified struct {
	key, subject string
	validity     validity
}

// maxCertificates bounds how many certificates are kept at a time.
const maxCertificates = 512

var (
	certificates     sync.Map     // texts by what is certified
	certificatesMade atomic.Int64 // how many were ever kept
)

// sign has a certificate vouch for itself.
func sign(template *x509.Certificate, key crypto.Signer) string {
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic("steps: " + err.Error()) // the template is ours
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// serialOf is a serial number that depends on the subject alone: positive, and always of
// 63 bits, so that all certificates of one subject's length are equally long.
func serialOf(subject string) *big.Int {
	h := fnv.New64a()
	io.WriteString(h, subject)
	return new(big.Int).SetUint64(h.Sum64()>>2 | 1<<62)
}

// certificateValue is what a cell of a feature says of certificates; known is
// false for any other cell.
func (w *world) certificateValue(cell string) (v any, known bool) {
	switch cell {
	case "(renewed client certificate)":
		return awaited{kind: clientCertificate, name: "renewed client", key: ourKey()}, true
	case "(client certificate of another key)":
		return awaited{kind: clientCertificate, name: "other client", key: otherKey()}, true
	case "(second CA certificate)":
		return []any{map[string]any{"uuid": awaited{kind: caCertificate, name: "second CA"}}}, true
	case "(expired certificate)":
		return w.selfSigned("expired", ourKey(), validity{2020, 2021}), true
	case "(future certificate)":
		return w.selfSigned("future", ourKey(), validity{2148, 2149}), true
	case "(intermediate certificates)":
		return []any{w.selfSigned("intermediate", ourKey(), always)}, true
	case "(private key)":
		return ourKey().secret, true
	case "(private key of another)":
		return otherKey().secret, true
	}
	return nil, false
}

// awaited stands in a body for the uuid of an object that has to be made first.
type awaited struct {
	kind *kind
	name string
	key  keyPair // of a client certificate; any other kind has its own body
}

// resolve puts uuids in the place of what a body awaits, and makes what is not
// there yet. v is a body or a part of one.
func (w *world) resolve(ctx context.Context, svm SVM, v any) (any, error) {
	var err error
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) { // or the same seed would not send the same
			if out[name], err = w.resolve(ctx, svm, v[name]); err != nil {
				return nil, err
			}
		}
		return out, nil
	case []any:
		out := make([]any, len(v))
		for i, in := range v {
			if out[i], err = w.resolve(ctx, svm, in); err != nil {
				return nil, err
			}
		}
		return out, nil
	case awaited:
		return w.await(ctx, svm, v)
	}
	return v, nil
}

// await returns the uuid of what is awaited.
func (w *world) await(ctx context.Context, svm SVM, a awaited) (string, error) {
	if o := w.objects[a.name]; o != nil && o.svm.Name != svm.Name { // it is another SVM's
		a.name += " of " + svm.Name
	}
	if w.objects[a.name] == nil {
		body := a.kind.body(w, a.name, svm)
		if a.kind == clientCertificate {
			body = w.installation(a.name, a.name, svm, a.key)
		}
		if err := w.makes(ctx, creation{kind: a.kind, name: a.name, svm: svm, sent: body}); err != nil {
			return "", err
		}
	}
	o, err := w.object(a.name)
	if err != nil {
		return "", err
	}
	return o.uuid, nil
}
