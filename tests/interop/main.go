// Reads our logs with other people's code, and writes logs for ours to read.
//
//	interop read FOLDER VKEY [COSIGNER-VKEY]   every proof of the log in FOLDER, as one JSON object
//	interop write FOLDER SIZE                  a log of SIZE entries; its keys, as one JSON object
//
// Hashes, proofs and tiles are golang.org/x/mod/sumdb/tlog's, notes are golang.org/x/mod/sumdb/note's. Ours here is
// only what those do not know: c2sp.org/tlog-tiles' paths and entry bundles, and cosignatures.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8
const cosignedAt = 1790000000

func main() {
	var answer interface{}
	switch os.Args[1] {
	case "read":
		answer = read(os.Args[2], os.Args[3], os.Args[4:])
	case "write":
		size, err := strconv.ParseInt(os.Args[3], 10, 64)
		check(err)
		answer = write(os.Args[2], size)
	}
	text, err := json.Marshal(answer)
	check(err)
	fmt.Println(string(text))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// path is the tile's in c2sp.org/tlog-tiles: as in Go's, without the height.
func path(t tlog.Tile) string {
	return strings.Replace(t.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
}

type folder string

func (f folder) Height() int                         { return height }
func (f folder) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (f folder) ReadTiles(t []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, one := range t {
		data, err := os.ReadFile(filepath.Join(string(f), path(one)))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// bundle names the bundle of entries from 256*n in a tree of the size.
func bundle(n, size int64) (string, int64) {
	width := size - n*256
	if width > 256 {
		width = 256
	}
	t := tlog.Tile{H: height, L: 0, N: n, W: int(width)}
	return strings.Replace(path(t), "tile/0/", "tile/entries/", 1), width
}

func read(at, vkey string, cosigners []string) interface{} {
	text, err := os.ReadFile(filepath.Join(at, "checkpoint"))
	check(err)
	verifier, err := note.NewVerifier(vkey)
	check(err)
	known := []note.Verifier{verifier}
	for _, one := range cosigners {
		known = append(known, cosigner(one))
	}
	opened, err := note.Open(text, note.VerifierList(known...))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	tree := tlog.Tree{N: size, Hash: root}
	hashes := tlog.TileHashReader(tree, folder(at))
	inclusion, consistency, roots := []tlog.RecordProof{}, []tlog.TreeProof{}, []tlog.Hash{}
	for n := int64(0); n*256 < size; n++ {
		name, width := bundle(n, size)
		data, err := os.ReadFile(filepath.Join(at, name))
		check(err)
		for i := int64(0); i < width; i++ {
			length := binary.BigEndian.Uint16(data)
			entry := data[2 : 2+length]
			data = data[2+length:]
			proof, err := tlog.ProveRecord(size, n*256+i, hashes)
			check(err)
			check(tlog.CheckRecord(proof, size, root, n*256+i, tlog.RecordHash(entry)))
			inclusion = append(inclusion, proof)
		}
	}
	for old := int64(1); old <= size; old++ {
		before, err := tlog.TreeHash(old, hashes)
		check(err)
		proof, err := tlog.ProveTree(size, old, hashes)
		check(err)
		check(tlog.CheckTree(proof, size, root, old, before))
		consistency = append(consistency, proof)
		roots = append(roots, before)
	}
	signed := []string{}
	for _, one := range opened.Sigs {
		signed = append(signed, one.Name)
	}
	return map[string]interface{}{"size": size, "roots": roots, "inclusion": inclusion,
		"consistency": consistency, "signed": signed}
}

type stored []tlog.Hash

func (s *stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var all []tlog.Hash
	for _, one := range indexes {
		all = append(all, (*s)[one])
	}
	return all, nil
}

func save(at, name string, data []byte) {
	name = filepath.Join(at, name)
	check(os.MkdirAll(filepath.Dir(name), 0o755))
	check(os.WriteFile(name, data, 0o644))
}

func write(at string, size int64) interface{} {
	origin := "go.example/log"
	skey, vkey, err := note.GenerateKey(bytes.NewReader(make([]byte, 64)), origin)
	check(err)
	signer, err := note.NewSigner(skey)
	check(err)
	all, entries := &stored{}, [][]byte{}
	for n := int64(0); n < size; n++ {
		entry := []byte(fmt.Sprintf(`{"n":%d}`, n))
		more, err := tlog.StoredHashes(n, entry, all)
		check(err)
		*all, entries = append(*all, more...), append(entries, entry)
	}
	for _, t := range tlog.NewTiles(height, 0, size) {
		data, err := tlog.ReadTileData(t, all)
		check(err)
		save(at, path(t), data)
	}
	for n := int64(0); n*256 < size; n++ {
		name, width := bundle(n, size)
		data := []byte{}
		for _, entry := range entries[n*256 : n*256+width] {
			data = append(binary.BigEndian.AppendUint16(data, uint16(len(entry))), entry...)
		}
		save(at, name, data)
	}
	root, err := tlog.TreeHash(size, all)
	check(err)
	body := fmt.Sprintf("%s\n%d\n%s\n", origin, size, root)
	witness := newWitness("witness.example/go")
	signed, err := note.Sign(&note.Note{Text: body}, signer, witness)
	check(err)
	save(at, "checkpoint", signed)
	proof, err := tlog.ProveRecord(size, size/2, all)
	check(err)
	text := "c2sp.org/tlog-proof@v1\nextra " + base64.StdEncoding.EncodeToString(entries[size/2])
	text += fmt.Sprintf("\nindex %d\n", size/2)
	for _, one := range proof {
		text += one.String() + "\n"
	}
	save(at, "one.tlog-proof", append([]byte(text+"\n"), signed...))
	return map[string]string{"key": vkey, "witness": witness.vkey}
}

// c2sp.org/tlog-cosignature, type 0x04.
type witness struct {
	name, vkey string
	id         uint32
	private    ed25519.PrivateKey
	public     ed25519.PublicKey
}

func newWitness(name string) *witness {
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	public := private.Public().(ed25519.PublicKey)
	key := append([]byte{4}, public...)
	sum := sha256.Sum256(append([]byte(name+"\n"), key...))
	vkey := fmt.Sprintf("%s+%x+%s", name, sum[:4], base64.StdEncoding.EncodeToString(key))
	return &witness{name, vkey, binary.BigEndian.Uint32(sum[:]), private, public}
}

func cosigner(vkey string) *witness {
	parts := strings.SplitN(vkey, "+", 3)
	key, err := base64.StdEncoding.DecodeString(parts[2])
	check(err)
	id, err := strconv.ParseUint(parts[1], 16, 32)
	check(err)
	return &witness{name: parts[0], id: uint32(id), public: key[1:]}
}

func cosigned(time uint64, msg []byte) []byte {
	return append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", time)), msg...)
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.id }

func (w *witness) Sign(msg []byte) ([]byte, error) {
	signature := ed25519.Sign(w.private, cosigned(cosignedAt, msg))
	return append(binary.BigEndian.AppendUint64(nil, cosignedAt), signature...), nil
}

func (w *witness) Verify(msg, sig []byte) bool {
	return len(sig) == 72 && ed25519.Verify(w.public, cosigned(binary.BigEndian.Uint64(sig), msg), sig[8:])
}
