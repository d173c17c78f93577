package backend

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/notice"
)

// ConfigName is the file in the data folder that is read if there is one.
const ConfigName = "countersignd.toml"

// Config is what an operator writes into a file: what is too much for flags. See
// docs/operate.md.
type Config struct {
	notice.Options
	Fronts
}

// ReadConfig reads a configuration file; "" reads the one in the data folder, which
// need not be there. What it does not know is refused, so that no setting is
// silently without effect. ErrOptions.
func ReadConfig(data, file string) (Config, error) {
	given := file != ""
	if !given {
		file = filepath.Join(data, ConfigName)
	}
	var c Config
	read, err := toml.DecodeFile(file, &c)
	if errors.Is(err, fs.ErrNotExist) && !given {
		return Config{}, nil
	}
	if err != nil {
		return Config{}, fmt.Errorf("%w: %s: %w", ErrOptions, filepath.Base(file), err)
	}
	if unknown := read.Undecoded(); len(unknown) > 0 {
		var names []string
		for _, k := range unknown {
			names = append(names, k.String())
		}
		return Config{}, fmt.Errorf("%w: %s: nothing here is called %s", ErrOptions, filepath.Base(file), strings.Join(names, ", "))
	}
	return c, nil
}

// gateways makes the senders of a configuration and tells by which media they send.
func gateways(c Config) (map[api.Medium]notice.Sender, []api.Medium, error) {
	senders, err := notice.New(c.Options)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	return senders, slices.Sorted(maps.Keys(senders)), nil
}
