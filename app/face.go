package app

import "sync"

// faces are those who look at a device: windows, terminals.
type faces struct {
	mu     sync.Mutex
	all    map[*face]struct{}
	closed bool
}

// face is one of them; one token in news stands for any number of changes.
type face struct {
	news chan struct{}
	stop chan struct{}
	done chan struct{}
	once sync.Once
}

func (f *faces) add(view func() View, see func(View)) (stop func()) {
	one := &face{news: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		close(one.done)
		return func() {}
	}
	if f.all == nil {
		f.all = make(map[*face]struct{})
	}
	f.all[one] = struct{}{}
	one.news <- struct{}{}
	go one.run(view, see)
	return func() { f.remove(one) }
}

func (f *face) run(view func() View, see func(View)) {
	defer close(f.done)
	for {
		select {
		case <-f.stop:
			return
		case <-f.news:
			see(view())
		}
	}
}

func (f *face) end() {
	f.once.Do(func() { close(f.stop) })
	<-f.done
}

func (f *faces) remove(one *face) {
	f.mu.Lock()
	delete(f.all, one)
	f.mu.Unlock()
	one.end()
}

// changed tells every face, without waiting for any.
func (f *faces) changed() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for one := range f.all {
		select {
		case one.news <- struct{}{}:
		default:
		}
	}
}

func (f *faces) close() {
	f.mu.Lock()
	all := f.all
	f.all, f.closed = nil, true
	f.mu.Unlock()
	for one := range all {
		one.end()
	}
}
