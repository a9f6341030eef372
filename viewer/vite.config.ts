import { defineConfig } from "vite";

// The build is committed, and CI proves that it comes out the same again: no dates, no maps, names by content.
export default defineConfig({
  build: {
    outDir: "../src/codesentinel/web/static",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    assetsInlineLimit: 0,
    reportCompressedSize: true,
    chunkSizeWarningLimit: 300,
  },
  // `npm run dev` beside `codesentinel dashboards serve`: the pages from Vite, the data from there.
  server: { host: "127.0.0.1", proxy: { "/api": "http://127.0.0.1:8700" } },
});
