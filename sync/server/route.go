package server

import (
	"context"

	"github.com/countersign/countersign/sync/api"
)

// chainRoutes are the calls of api.Devices.
func (h *Handler) chainRoutes() {
	s := h.server
	handle(h, api.PathGrant, func(ctx context.Context, t api.Secret, c api.GrantCall) (api.Empty, error) {
		return api.Empty{}, s.Grant(ctx, t, c.Password, c.Body)
	})
	handle(h, api.PathAppend, func(ctx context.Context, t api.Secret, c api.AppendCall) (api.Empty, error) {
		return api.Empty{}, s.Append(ctx, t, c.Entry)
	})
	handleUpTo(h, api.PathHeal, api.MaxHeal, func(ctx context.Context, _ api.Secret, c api.HealCall) (api.Empty, error) {
		return api.Empty{}, s.Heal(ctx, c.Account, c.Entries, c.Receipt)
	})
	handle(h, api.PathSight, func(ctx context.Context, t api.Secret, c api.SightCall) (api.Empty, error) {
		return api.Empty{}, s.Sight(ctx, t, c.Sight)
	})
}

// boxRoutes are the calls of api.Boxes.
func (h *Handler) boxRoutes() {
	s := h.server
	handle(h, api.PathOpenBox, func(ctx context.Context, t api.Secret, c api.BoxCall) (api.Box, error) {
		return s.OpenBox(ctx, t, c.Message)
	})
	handle(h, api.PathWriteBox, func(ctx context.Context, t api.Secret, c api.BoxCall) (api.Empty, error) {
		return api.Empty{}, s.WriteBox(ctx, t, c.Symbols, c.Slot, c.Message)
	})
	handle(h, api.PathCloseBox, func(ctx context.Context, t api.Secret, c api.BoxCall) (api.Empty, error) {
		return api.Empty{}, s.CloseBox(ctx, t, c.Symbols, c.State)
	})
	handle(h, api.PathBox, func(ctx context.Context, _ api.Secret, c api.BoxCall) (api.Box, error) { return s.Box(ctx, c.Symbols) })
	handle(h, api.PathJoinBox, func(ctx context.Context, _ api.Secret, c api.BoxCall) (api.Empty, error) {
		return api.Empty{}, s.JoinBox(ctx, c.Symbols, c.Key, c.Slot, c.Message)
	})
	handle(h, api.PathLeaveBox, func(ctx context.Context, _ api.Secret, c api.BoxCall) (api.Empty, error) {
		return api.Empty{}, s.LeaveBox(ctx, c.Symbols, c.Key)
	})
}
