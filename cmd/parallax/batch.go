package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// maxJob is how many bytes a line of jobs may have.
const maxJob = 1 << 20

// batch answers each line of standard input, a job, with a line of JSON, whatever is wrong
// with the job. Each answer is written out before the next job is read.
func batch[A any](e *env, file string, answer func(job []byte) A, failed func(error) A) error {
	if file != "-" {
		return hinted{fmt.Errorf("--batch reads jobs, not %s", file), `give the jobs on standard input, {"file": "..."} a line`}
	}
	in := bufio.NewReaderSize(os.Stdin, maxJob)
	var line bytes.Buffer
	out := json.NewEncoder(&line)
	out.SetEscapeHTML(false)
	for {
		job, err := await(e.ctx, func() ([]byte, error) { return jobLine(in) })
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) && (len(job) == 0 || !errors.Is(err, io.EOF)) {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		a := failed(fmt.Errorf("a job of more than %d bytes", maxJob))
		if !errors.Is(err, bufio.ErrBufferFull) {
			job = bytes.TrimPrefix(job, []byte("\ufeff"))
			if a, err = await(e.ctx, func() (A, error) { return answer(job), nil }); err != nil {
				return err
			}
		}
		line.Reset()
		if err := out.Encode(a); err != nil {
			return err // unreachable: an answer is strings and numbers
		}
		if _, err := e.out.Write(line.Bytes()); err != nil {
			return err
		}
	}
}

// jobLine reads a line; bufio.ErrBufferFull is one that is too long, which is passed over.
func jobLine(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = in.ReadSlice('\n')
	}
	return nil, bufio.ErrBufferFull
}
