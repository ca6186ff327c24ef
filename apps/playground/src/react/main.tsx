import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { syncQueryCache } from '@tidewire/react/query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { keepOnMissedDrop } from '../shared/keepOnMissedDrop.ts'
import { keepOnRestart } from '../shared/keepOnRestart.ts'
import { ordersClient } from '../shared/ordersQuery.ts'
import { App } from './App.tsx'

keepOnRestart()
keepOnMissedDrop()
const queryClient = new QueryClient()
syncQueryCache(queryClient, ordersClient)
createRoot(document.querySelector('#app') as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
)
