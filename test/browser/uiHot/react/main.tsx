import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Ticks } from './Ticks.tsx'

createRoot(document.body).render(
  <StrictMode>
    <Ticks />
  </StrictMode>,
)
