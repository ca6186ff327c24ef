import type { PageState } from './contract.ts'

/** What the server has rendered the page with. */
export function readState(): PageState {
  return JSON.parse(document.querySelector('#state')?.textContent ?? '') as PageState
}
