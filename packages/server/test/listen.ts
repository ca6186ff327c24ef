export { listenTo as listen, type Listening } from '../src/testing/log/listenTo.ts'
