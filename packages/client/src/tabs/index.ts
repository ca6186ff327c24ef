export type { SSEShare, SSEWire } from '../channels/clientTypes.ts'
export { shareInBrowser } from './shareInBrowser.ts'
export type { ShareInBrowserOptions } from './shareInBrowser.ts'
