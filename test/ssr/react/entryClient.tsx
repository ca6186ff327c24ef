import { hydrateRoot } from 'react-dom/client'
import { readState } from '../readState.ts'
import { Page } from './Page.tsx'

const container = document.querySelector('#app')
if (!container) throw new Error('There is no page.')
hydrateRoot(container, <Page {...readState()} />)
