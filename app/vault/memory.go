package vault

import (
	"bytes"
	"context"
	"fmt"
	"sync"
)

// Memory is a vault that is gone with the process. It takes and refuses what
// the other back ends take and refuse.
type Memory struct {
	mu     sync.Mutex
	values map[string][]byte
}

// NewMemory returns an empty vault.
func NewMemory() *Memory {
	return &Memory{values: make(map[string][]byte)}
}

// Get implements Vault.
func (m *Memory) Get(ctx context.Context, name string) ([]byte, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, interrupted(ctx)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.values[name]
	if !ok {
		return nil, fmt.Errorf("getting %q: %w", name, ErrNotFound)
	}
	return bytes.Clone(value), nil
}

// Put implements Vault.
func (m *Memory) Put(ctx context.Context, name string, value []byte) error {
	if err := checkValue(name, value); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return interrupted(ctx)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[name] = append([]byte{}, value...)
	return nil
}

// Delete implements Vault.
func (m *Memory) Delete(ctx context.Context, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return interrupted(ctx)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.values[name]; !ok {
		return fmt.Errorf("deleting %q: %w", name, ErrNotFound)
	}
	delete(m.values, name)
	return nil
}
