// Package server keeps the contract of sync/api for real: it registers accounts,
// rings devices, takes their answers, checks typed codes and keeps the limits,
// all durably before anybody learns of it. It also offers the sign-in to the
// pages (sync/web), which draw it.
//
// It decides nothing that trust/verify decides and holds no SQL and no HTML. What
// it keeps in memory (who is connected, verified chains) is a hint that another
// process may lack.
//
// Source: docs/protocol.md, sections 4.3, 4.4, 5, 6, 12 and 13.
package server
