import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { keepOnMissedDrop } from '../shared/keepOnMissedDrop.ts'
import { keepOnRestart } from '../shared/keepOnRestart.ts'
import { App } from './App.tsx'

keepOnRestart()
keepOnMissedDrop()
createRoot(document.querySelector('#app') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
