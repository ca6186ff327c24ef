import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { keepOnRestart } from '../shared/keepOnRestart.ts'
import { App } from './App.tsx'

keepOnRestart()
createRoot(document.querySelector('#app') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
