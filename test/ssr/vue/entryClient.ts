import { readState } from '../readState.ts'
import { createPage } from './Page.ts'

createPage(readState()).mount('#app')
