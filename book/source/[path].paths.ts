// The pages that show a file of the tree, or what is in a folder: one for all that a page of the book includes or links to.
import { shownAsSource } from '../.vitepress/source'

export default { paths: shownAsSource }
