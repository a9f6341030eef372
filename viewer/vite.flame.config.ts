import { defineConfig } from "vite";

// The flame graph as a page of its own: one script and one style, which `profile report --html` writes into it.
export default defineConfig({
  build: {
    outDir: "../src/codesentinel/render/profiles/flame",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    lib: { entry: "src/flame/standalone.ts", formats: ["iife"], name: "flame", fileName: () => "flame.js", cssFileName: "flame" },
  },
});
