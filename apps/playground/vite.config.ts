import react from '@vitejs/plugin-react'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [react(), vue()],
  // The packages run from source.
  resolve: { conditions: ['tidewire-source', 'module', 'browser', 'development|production'] },
  // Both pages are scanned at the start: a dependency found later would reload a page that is in use.
  optimizeDeps: { entries: ['react.html', 'vue.html'] },
  build: { rolldownOptions: { input: ['react.html', 'vue.html'] } },
})
