package server

import (
	"context"

	"github.com/countersign/countersign/sync/api"
)

func (h *Handler) regainRoutes() {
	s := h.server
	handle(h, api.PathRegainNonce, func(ctx context.Context, _ api.Secret, c api.RegainNonceCall) (api.RegainNonce, error) {
		return s.RegainNonce(ctx, c.Name)
	})
	handle(h, api.PathBeginRegain, func(ctx context.Context, _ api.Secret, c api.RegainCall) (api.Regaining, error) {
		return s.BeginRegain(ctx, c)
	})
	handle(h, api.PathRegaining, func(ctx context.Context, _ api.Secret, p api.SessionProof) (api.Regaining, error) {
		return s.Regaining(ctx, p)
	})
	handle(h, api.PathFinishRegain, func(ctx context.Context, _ api.Secret, c api.FinishRegainCall) (api.Empty, error) {
		return api.Empty{}, s.FinishRegain(ctx, c.Proof, c.Entries)
	})
	handle(h, api.PathWaitsBy, func(ctx context.Context, _ api.Secret, c api.FactorCall) (api.WaitsAnswer, error) {
		w, err := s.WaitsBy(ctx, c.Factor)
		return api.WaitsAnswer{Waits: w}, err
	})
	handle(h, api.PathStopBy, func(ctx context.Context, _ api.Secret, c api.FactorCall) (api.Empty, error) {
		return api.Empty{}, s.StopBy(ctx, c.Factor, c.Wait)
	})
}

func (h *Handler) waitRoutes() {
	s := h.server
	handle(h, api.PathResetWithKey, func(ctx context.Context, t api.Secret, c api.ResetCall) (api.Empty, error) {
		return api.Empty{}, s.ResetWithKey(ctx, t, c.Next, c.Entry)
	})
	handle(h, api.PathBeginReset, func(ctx context.Context, t api.Secret, _ api.Empty) (api.Wait, error) {
		return s.BeginReset(ctx, t)
	})
	handle(h, api.PathFinishReset, func(ctx context.Context, t api.Secret, c api.ResetCall) (api.Empty, error) {
		return api.Empty{}, s.FinishReset(ctx, t, c.Next)
	})
	handle(h, api.PathLeave, func(ctx context.Context, t api.Secret, c api.PasswordCall) (api.Wait, error) {
		return s.Leave(ctx, t, c.Password)
	})
	handle(h, api.PathPause, func(ctx context.Context, t api.Secret, _ api.Empty) (api.Empty, error) {
		return api.Empty{}, s.Pause(ctx, t)
	})
	handle(h, api.PathStop, func(ctx context.Context, t api.Secret, c api.StopCall) (api.Empty, error) {
		return api.Empty{}, s.StopWait(ctx, t, c.Wait)
	})
}

func (h *Handler) contactRoutes() {
	s := h.server
	handle(h, api.PathAddContact, func(ctx context.Context, t api.Secret, c api.ContactCall) (api.Contact, error) {
		return s.AddContact(ctx, t, c)
	})
	handle(h, api.PathConfirm, func(ctx context.Context, t api.Secret, c api.ContactCall) (api.Empty, error) {
		return api.Empty{}, s.ConfirmContact(ctx, t, c.ID, c.Code)
	})
	handle(h, api.PathRemoveContact, func(ctx context.Context, t api.Secret, c api.ContactCall) (api.Empty, error) {
		return api.Empty{}, s.RemoveContact(ctx, t, c.ID, c.Password)
	})
	handle(h, api.PathAllowText, func(ctx context.Context, t api.Secret, c api.ContactCall) (api.Empty, error) {
		return api.Empty{}, s.AllowText(ctx, t, c.ID, c.Password, c.On)
	})
}
