import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { createChunks } from './chunks.ts'
import { pageFiles } from './page-files.ts'
import { precompress } from './precompress.ts'
import { xtermStyles } from './xterm-styles.ts'
import { zodWithout } from './zod-without.ts'

const api = process.env['VASTROX_API'] ?? 'http://127.0.0.1:4180'

const chunks = createChunks()

export default defineConfig({
  plugins: [
    react(),
    tailwindcss(),
    pageFiles(),
    precompress(),
    xtermStyles(),
    zodWithout(),
    chunks.plugin,
  ],
  build: {
    target: 'es2023',
    // Fonts stay files: the content policy allows no data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: { groups: chunks.groups },
      },
    },
  },
  server: {
    port: 4170,
    proxy: { '/api': { target: api, changeOrigin: true, headers: { origin: api } } },
  },
})
