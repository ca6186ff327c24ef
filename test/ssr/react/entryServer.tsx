import { renderToString } from 'react-dom/server'
import type { PageState } from '../contract.ts'
import { Page } from './Page.tsx'

export async function render(state: PageState): Promise<string> {
  return renderToString(<Page {...state} />)
}
