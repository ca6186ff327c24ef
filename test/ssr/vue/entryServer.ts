import { renderToString } from 'vue/server-renderer'
import type { PageState } from '../contract.ts'
import { createPage } from './Page.ts'

export function render(state: PageState): Promise<string> {
  return renderToString(createPage(state))
}
