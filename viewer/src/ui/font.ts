/** The letters of canvases: those of the page, at the size of labels. */

export const FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif';
