package main

import (
	"bytes"
	"context"
	"log/slog"
	"time"

	"github.com/countersign/countersign/app/kit"
	"github.com/countersign/countersign/ui"
)

// paper is the window's ui.Paper: the recovery key's page by this system's viewer
// and printer.
type paper struct{}

// newPaper removes what an earlier run may have left.
func newPaper(log *slog.Logger) paper {
	if err := kit.Sweep(time.Now()); err != nil {
		log.Warn("sweeping forgotten pages", "err", err)
	}
	return paper{}
}

func (paper) Show(ctx context.Context, k ui.Kit) (remove func() error, err error) {
	page, err := draw(k)
	if err != nil {
		return nil, err
	}
	return kit.Open(ctx, page)
}

func (paper) Print(ctx context.Context, k ui.Kit) error {
	page, err := draw(k)
	if err != nil {
		return err
	}
	return kit.Print(ctx, page)
}

func (paper) CanPrint() bool { return kit.CanPrint() }

func (paper) Warning(language string) string {
	warning, err := kit.PrinterWarning(language)
	if err != nil {
		return ""
	}
	return warning
}

// draw makes the page.
func draw(k ui.Kit) ([]byte, error) {
	var page bytes.Buffer
	err := kit.PDF(&page, kit.Kit{Account: k.Account, Server: k.Server, ID: k.ID, Key: k.Key, Date: k.Date, Language: k.Language})
	return page.Bytes(), err
}
