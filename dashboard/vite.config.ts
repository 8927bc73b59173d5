import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { precompress } from './precompress.ts'
import { xtermStyles } from './xterm-styles.ts'

const api = process.env['VASTROX_API'] ?? 'http://127.0.0.1:4180'

/** What several pages share, but none of those that are opened first. */
const LATER =
  'ui/(?:chart|plot|plot-[a-z]+|sparkline|json-fields|log-view|log-text|form-card|stepper|remove-dialog)|lib/(?:chart|virtual-rows|plot-data|say-value|use-scheme|json-form|ansi|send-body|use-lines)'

export default defineConfig({
  plugins: [react(), tailwindcss(), precompress(), xtermStyles()],
  build: {
    target: 'es2023',
    // Fonts stay files: the content policy allows no data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          // The daemon speaks HTTP/1.1: thirty files of a few hundred bytes cost more than one.
          groups: [
            { name: 'vendor', test: /node_modules\/(react|react-dom|scheduler|@tanstack|zod)\// },
            {
              name: 'common',
              test: new RegExp(`dashboard/src/(?!(?:${LATER})\\.)(?:ui|lib)/|lucide-react/`),
              minShareCount: 2,
            },
            { name: 'later', test: new RegExp(`dashboard/src/(?:${LATER})\\.`), minShareCount: 2 },
          ],
        },
      },
    },
  },
  server: {
    port: 4170,
    proxy: { '/api': { target: api, changeOrigin: true, headers: { origin: api } } },
  },
})
