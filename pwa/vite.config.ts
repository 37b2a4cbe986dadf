// Builds the app into dist/pwa and makes it installable. Nothing inline and nothing foreign in the page, so that
// script-src 'self' and style-src 'self' hold.
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

const root = fileURLToPath(new URL('.', import.meta.url))
const server = process.env.OFFDESK_SERVER_URL ?? 'http://127.0.0.1:4747'

export default defineConfig({
  root,
  base: '/',
  appType: 'spa',
  build: {
    outDir: fileURLToPath(new URL('../dist/pwa', import.meta.url)),
    emptyOutDir: true,
    // A data: URI in a stylesheet would need img-src data: in the policy.
    assetsInlineLimit: 0,
    sourcemap: false,
  },
  server: { proxy: { '/graphql': { target: server, ws: true } } },
  plugins: [
    react(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'sw',
      filename: 'sw.ts',
      registerType: 'prompt',
      // The app registers it from its own bundle; an injected script would be inline.
      injectRegister: false,
      injectManifest: { globPatterns: ['**/*.{js,css,html,svg,png}'] },
      manifest: {
        id: '/',
        name: 'Offdesk',
        short_name: 'Offdesk',
        description: 'See and steer a coding agent from away.',
        start_url: '/',
        scope: '/',
        display: 'standalone',
        theme_color: '#f6f5f1',
        background_color: '#f6f5f1',
        icons: [
          { src: '/icons/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: '/icons/maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
    }),
  ],
})
