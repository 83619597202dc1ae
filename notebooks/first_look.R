# An evaluator's first look in R, with nothing but base R: the newest figures of one area, and how one series runs.
#
#   levekar export open-data --format csv
#   Rscript notebooks/first_look.R open-data/csv drammen-7 lowest_education
#
# Every table of the edition is a CSV in UTF-8; datapackage.json beside them says what each column means. Shares lie in
# 0..1. An empty value has a status that says why. Files with made-up figures are called synthetic-...

options(width = 130, scipen = 9)
given <- commandArgs(trailingOnly = TRUE)
if (length(given) < 2) stop("expected a folder of CSV files and the id of an area, such as: open-data/csv drammen-7")
folder <- given[1]
area <- given[2]
indicator <- if (length(given) > 2) given[3] else NA

table_of <- function(name) {
  path <- list.files(folder, paste0("^(synthetic-)?", name, "\\.csv$"), full.names = TRUE)
  if (length(path) != 1) stop("no ", name, ".csv in ", folder, ": write it with levekar export DIR --format csv")
  # Codes stay text: 0602 never becomes 602.
  read.csv(path, colClasses = "character", na.strings = "", encoding = "UTF-8", check.names = FALSE)
}

meta <- table_of("meta")
if (identical(meta$value[meta$key == "synthetic"], "true")) {
  cat("SYNTHETIC FIGURES: made up for trying things out; they say nothing about any real place.\n\n")
}

series <- table_of("series")
own <- series[series$area_id == area & !is.na(series$period), ]
if (nrow(own) == 0) stop("no area '", area, "' in series; known are: ", toString(unique(series$area_id)))
for (name in c("value", "lower", "upper", "required_value", "gap_to_target")) own[[name]] <- as.numeric(own[[name]])
own <- own[order(own$indicator_id, own$period_end), ]

# The newest row of each indicator, as in the scorecard: a year that is not over, or has no figure, is passed over.
finished <- own[!own$status %in% c("incomplete", "missing", "not_applicable"), ]
newest <- finished[!duplicated(finished$indicator_id, fromLast = TRUE), ]
newest$unit <- with(table_of("indicator"), unit[match(newest$indicator_id, indicator_id)])
cat("Newest figures of", area, "\n")
newest$value <- signif(newest$value, 3)
newest$gap_to_target <- signif(newest$gap_to_target, 2)
print(newest[, c("indicator_id", "unit", "period", "value", "gap_to_target", "assessment")], row.names = FALSE)

if (!is.na(indicator)) {
  run <- own[own$indicator_id == indicator, c("period", "value", "lower", "upper", "required_value", "status")]
  cat("\n", indicator, ", year by year\n", sep = "")
  print(run, row.names = FALSE, digits = 4)
  whole <- run[!is.na(run$value) & grepl("^[0-9]{4}$", run$period), ]
  if (nrow(whole) > 2) {
    slope <- coef(lm(value ~ as.numeric(period), data = whole))[[2]]
    cat("\nOn average", signif(slope, 3), "a year, by a straight line through all years (no test of anything).\n")
  }
}
